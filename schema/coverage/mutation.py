"""Writes of coverages and payers, gathered."""

import strawberry

from schema.coverage.mutations.add_coverage import AddCoverage
from schema.coverage.mutations.record_coverage_verification import RecordCoverageVerification
from schema.coverage.mutations.set_payer import SetPayer
from schema.coverage.mutations.update_coverage import UpdateCoverage
from schema.coverage.mutations.verify_coverage import VerifyCoverage


@strawberry.type
class CoverageMutations(AddCoverage, UpdateCoverage, VerifyCoverage, RecordCoverageVerification, SetPayer):
    pass
