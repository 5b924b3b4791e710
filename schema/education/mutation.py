"""Mutations about health education, gathered."""

import strawberry

from schema.education.mutations.create_education_resource import CreateEducationResource
from schema.education.mutations.mark_education_read import MarkEducationRead
from schema.education.mutations.publish_education_resource import PublishEducationResource
from schema.education.mutations.retire_education_resource import RetireEducationResource
from schema.education.mutations.update_education_resource import UpdateEducationResource


@strawberry.type
class EducationMutations(
    CreateEducationResource, UpdateEducationResource, PublishEducationResource, RetireEducationResource, MarkEducationRead
):
    pass
