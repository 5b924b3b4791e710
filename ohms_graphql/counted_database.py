"""A database whose collections count what is asked of them for the current operation (``ohms_graphql.command_counter``).

What the driver's events would count, and no events: each call is one command. Not counted are the end of a transaction that is
given up (``abortTransaction``) and the rests of answers that come in several batches (``getMore``), which no operation has: its
reads come whole (``resolvers.rows.ONE_BATCH``).
"""

from collections.abc import Callable
from typing import Any, Final

from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase

from ohms_graphql.command_counter import count_command

Row = dict[str, Any]

_COMMANDS: Final = {
    "aggregate": "aggregate",
    "bulk_write": "bulkWrite",
    "count_documents": "aggregate",
    "delete_many": "delete",
    "delete_one": "delete",
    "distinct": "distinct",
    "estimated_document_count": "count",
    "find": "find",  # find_one, too, which calls it
    "find_one_and_delete": "findAndModify",
    "find_one_and_replace": "findAndModify",
    "find_one_and_update": "findAndModify",
    "insert_many": "insert",
    "insert_one": "insert",
    "replace_one": "update",
    "update_many": "update",
    "update_one": "update",
}
"""The command that each method of a collection sends."""


class CountedCollection(AsyncCollection[Row]):
    def with_options(self, *arguments: Any, **options: Any) -> "CountedCollection":  # type: ignore[override]  # of any rows
        """The driver gives a collection of its own class, which would not count."""
        plain = super().with_options(*arguments, **options)
        return CountedCollection(
            self.database,
            self.name,
            codec_options=plain.codec_options,
            read_preference=plain.read_preference,
            write_concern=plain.write_concern,
            read_concern=plain.read_concern,
        )


class CountedDatabase(AsyncDatabase[Row]):
    def __getitem__(self, name: str) -> CountedCollection:
        return CountedCollection(self, name)


def _counted(method: Callable[..., Any], command: str) -> Callable[..., Any]:
    def call(collection: CountedCollection, *arguments: Any, **named: Any) -> Any:
        count_command(command)
        return method(collection, *arguments, **named)

    return call


for _name, _command in _COMMANDS.items():
    setattr(CountedCollection, _name, _counted(getattr(AsyncCollection, _name), _command))
