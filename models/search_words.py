"""Words for finding people by name: folded so that ``Müller`` is found by ``mull``."""

import re
import unicodedata

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
