"""Documents that analysts read as a sample: in an order that tells nothing."""

from secrets import SystemRandom

from pydantic import Field

from models.base import StoredDocument

_random = SystemRandom()


def random_place() -> str:
    """As MongoDB writes ``$rand`` as text, so that rows which got theirs later do not stand apart."""
    return repr(_random.random())


class SampledDocument(StoredDocument):
    """``sample_key`` is drawn at random when the row is made: not from its id, which others know and which tells its time.

    It says nothing of what the row is about.
    """

    sample_key: str = Field(default_factory=random_place)
