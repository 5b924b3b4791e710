"""Words for finding people by name: folded so that ``Müller`` is found by ``mull``.

Of patients the database has no words, only keyed hashes of them (tokens).
"""

import re
import unicodedata

from models.secret_words import SecretWords
from models.values import HumanName

_WORD = re.compile(r"[^\W_]+")


def folded(text: str) -> str:
    """Lower case, without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def words_of(text: str) -> list[str]:
    """The distinct folded words of a text, in order."""
    return list(dict.fromkeys(_WORD.findall(folded(text))))


def search_words(name: HumanName, *others: str) -> list[str]:
    """What a search by prefix looks through: the words of a name, and of other short texts such as an MRN."""
    return words_of(" ".join([*name.given, name.family, *others]))


def sort_name(name: HumanName) -> str:
    """Family name first, folded: the key that lists of people are ordered by."""
    return folded(f"{name.family}, {' '.join(name.given)}")


SHORTEST_BEGINNING = 2
LONGEST_BEGINNING = 24


class SearchTokens(SecretWords):
    """Of patients: the beginnings of the words of their names, and the words of their MRN."""

    place = "patients.search_tokens"

    @classmethod
    def beginning(cls, word: str) -> int:
        """What a search for words beginning like ``word``, which is folded, looks for. What is longer is cut."""
        return cls.token(word[:LONGEST_BEGINNING])


def search_tokens(name: HumanName, mrn: str) -> SearchTokens:
    """Every beginning of the words of a name, from two letters on, and the words of an MRN as a whole."""
    beginnings = set(words_of(mrn))
    for word in words_of(" ".join([*name.given, name.family])):
        beginnings.add(word[:SHORTEST_BEGINNING])
        beginnings.update(word[:length] for length in range(SHORTEST_BEGINNING, min(len(word), LONGEST_BEGINNING) + 1))
    return SearchTokens(beginnings)
