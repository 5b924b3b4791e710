"""Which cells of a month are told, so that no cell of few patients can be worked out.

An *atom* is one cell of one month: the visits of March that were no-shows. Atoms are told or withheld once and for all; every sum
over months is of told atoms only, so that subtracting one answer from another gives told atoms and nothing else.

The rule, for one month and one table (a partition: each visit is in one cell of it):

- A cell of fewer than eleven patients is withheld, and so, as long as any is, are empty cells: one cannot tell few from none.
- Because the month's total may be known from another table, what is withheld must not be worked out as total minus told: while it
  has fewer than two cells, no cell of eleven patients, or fewer than twice eleven patients in sum, the next smallest cell is
  withheld too. Twice, because of one who knows this rule: were 1 + 11 withheld, their sum of 12 would tell both.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from resolvers.deidentification.sample import THRESHOLD


@dataclass(frozen=True, slots=True)
class Atom:
    """``patients`` is the number of distinct patients behind ``count`` visits or invoices."""

    month: str
    key: str
    count: int
    patients: int


@dataclass(frozen=True, slots=True)
class Cell:
    """``count`` is the sum over the months that are told, None when none is; ``suppressed`` when some are not."""

    key: str
    count: int | None
    suppressed: bool


@dataclass(frozen=True, slots=True)
class Told:
    """One table after suppression. ``partly`` names the months of which something is withheld: there, no cell is known empty."""

    atoms: dict[tuple[str, str], int]
    partly: frozenset[str]
    months: tuple[str, ...]

    def count(self, month: str, key: str) -> int | None:
        """None where it is withheld."""
        return self.atoms.get((month, key), None if month in self.partly else 0)

    def cells(self, keys: Iterable[str] | None = None) -> list[Cell]:
        """Of these keys; else of those of which something is told."""
        known = sorted({key for _, key in self.atoms}) if keys is None else keys
        return [self._cell(key) for key in known]

    def _cell(self, key: str) -> Cell:
        counts = [self.count(month, key) for month in self.months]
        told = [count for count in counts if count is not None]
        return Cell(key, sum(told) if told else None, len(told) < len(counts))


def tell(atoms: Sequence[Atom], months: Sequence[str]) -> Told:
    """What of one table may be told."""
    told: dict[tuple[str, str], int] = {}
    partly = set()
    for month in months:
        of_month = [atom for atom in atoms if atom.month == month]
        withheld = _withheld(of_month)
        if withheld:
            partly.add(month)
        told.update({(month, atom.key): atom.count for atom in of_month if atom.key not in withheld})
    return Told(told, frozenset(partly), tuple(months))


def _withheld(cells: list[Atom]) -> set[str]:
    smallest_first = sorted(cells, key=lambda atom: (atom.patients, atom.count, atom.key))
    withheld: list[Atom] = []
    for cell in smallest_first:
        if cell.patients >= THRESHOLD and (not withheld or _hides(withheld)):
            break
        withheld.append(cell)
    return {cell.key for cell in withheld}


def _hides(withheld: list[Atom]) -> bool:
    patients = [cell.patients for cell in withheld]
    return len(patients) > 1 and max(patients) >= THRESHOLD and sum(patients) >= 2 * THRESHOLD
