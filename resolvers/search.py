"""Searching by the beginnings of words."""

import re

from models.search_words import SearchTokens, words_of
from resolvers.errors import BadInput
from resolvers.queries import Filter

MIN_WORD = 2
MAX_WORDS = 6


def words_filter(text: str, path: list[str]) -> Filter:
    """Rows whose search words begin with every word of the text. The longest word leads, so that its index narrows most.

    Raises BadInput when there is no word of two letters, or too many.
    """
    begins = [{"search_words": {"$regex": f"^{re.escape(word)}"}} for word in _words(text, path)]
    return begins[0] if len(begins) == 1 else {"$and": begins}


def tokens_filter(text: str, path: list[str]) -> Filter:
    """The same of patients, whose words the database does not know. Raises BadInput as ``words_filter`` does."""
    tokens = [SearchTokens.beginning(word) for word in _words(text, path)]
    return {"search_tokens": tokens[0] if len(tokens) == 1 else {"$all": tokens}}


def _words(text: str, path: list[str]) -> list[str]:
    words = sorted(words_of(text), key=len, reverse=True)
    if not words or len(words[0]) < MIN_WORD:
        raise BadInput(f"{'.'.join(path)} needs a word of at least {MIN_WORD} letters or digits.", path)
    if len(words) > MAX_WORDS:
        raise BadInput(f"{'.'.join(path)} has {len(words)} words; at most {MAX_WORDS} are searched.", path)
    return words
