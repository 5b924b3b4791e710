"""Mutations that change entries which are there, gathered."""

import strawberry

from schema.record.mutations.amend_record import AmendRecord
from schema.record.mutations.mark_record_entered_in_error import MarkRecordEnteredInError
from schema.record.mutations.sign_record import SignRecord


@strawberry.type
class RecordChangeMutations(SignRecord, AmendRecord, MarkRecordEnteredInError):
    pass
