"""The root of all reads, gathered from the nouns."""

import strawberry

from schema.access.queries import AccessQueries
from schema.account.queries import AccountQueries
from schema.appointment.queries import AppointmentQueries
from schema.audit.queries import AuditQueries
from schema.coverage.queries import CoverageQueries
from schema.education.queries import EducationResourceQueries
from schema.invoice.queries import InvoiceQueries
from schema.nodes import NodeQueries
from schema.patient.identity_queries import IdentityQueries
from schema.patient.queries import PatientQueries
from schema.provider.queries import ProviderQueries
from schema.record.queries import RecordQueries
from schema.record.release_queries import ReleaseQueries
from schema.statistics.queries import StatisticsQueries


@strawberry.type(description="All that can be read.")
class Query(
    AccountQueries,
    NodeQueries,
    PatientQueries,
    IdentityQueries,
    ProviderQueries,
    AppointmentQueries,
    RecordQueries,
    ReleaseQueries,
    InvoiceQueries,
    CoverageQueries,
    EducationResourceQueries,
    StatisticsQueries,
    AuditQueries,
    AccessQueries,
):
    pass
