"""Which MongoDB server a command works with: the one it was told of, else the embedded one."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from ohms_graphql.settings import Settings

_log = logging.getLogger(__name__)


@contextmanager
def database_url(settings: Settings) -> Iterator[str]:
    """The server's address; an embedded server runs at least until the block is left.

    Raises OhmsError, in one sentence, when the embedded server cannot run here.
    """
    if settings.mongodb_url is not None:
        yield settings.mongodb_url
        return
    from ohms_graphql.embedded_mongod import embedded_mongod  # noqa: PLC0415 -- cannot be imported on Windows

    if settings.in_production:
        _log.warning("production on the embedded MongoDB: one server, no replicas and no backups; set OHMS_MONGODB_URL")
    with embedded_mongod(settings.data_dir) as url:
        yield url
