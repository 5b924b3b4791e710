"""Words that a row is found by although the database cannot read it."""

from collections.abc import Iterable
from typing import Any, ClassVar, Self

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from models.secret import key_ring


class SecretWords:
    """Words that a row is found by, of which the database keeps keyed hashes only (tokens), sorted.

    Made of words; read back, it has the tokens and no words any more. Hashed when it is written, with the key of that moment.
    """

    __slots__ = ("_tokens", "_words")
    place: ClassVar[str]

    def __init__(self, words: Iterable[str] = (), *, tokens: list[int] | None = None) -> None:
        self._words = frozenset(words)
        self._tokens = tokens

    @property
    def tokens(self) -> list[int]:
        if self._tokens is not None:
            return self._tokens
        return sorted({self.token(word) for word in self._words})

    @classmethod
    def token(cls, word: str) -> int:
        return key_ring().token(word, cls.place)

    @classmethod
    def _read(cls, value: object) -> Self:
        if type(value) is cls:
            return value
        if not isinstance(value, list | tuple | set | frozenset):
            raise ValueError("words expected")  # noqa: TRY004 -- pydantic makes a complaint of a ValueError only
        if all(isinstance(item, int) for item in value):
            return cls(tokens=list(value))
        return cls(value)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        shown = core_schema.plain_serializer_function_ser_schema(lambda value: sorted(value._words))  # noqa: SLF001 -- its own
        return core_schema.no_info_plain_validator_function(cls._read, serialization=shown)


def tokens_of(words: SecretWords) -> list[int]:
    """What stands in the database for them."""
    return words.tokens
