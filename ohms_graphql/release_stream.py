"""Releases, on their way to those who follow them on this process. Implements resolvers.release.stream.ReleaseStream."""

from models.record_release_event import RecordRelease
from ohms_graphql.event_stream import InsertStream


class ReleaseStream(InsertStream[RecordRelease]):
    """Releases, by patient. Made once the documents are bound."""

    def __init__(self) -> None:
        super().__init__(RecordRelease.get_pymongo_collection(), RecordRelease, "patient_id")
