"""Suppression, attacked: random clinics, and an attacker who subtracts every answer from every other."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from resolvers.deidentification.sample import THRESHOLD
from resolvers.statistics.suppression import Atom, Told, tell

MONTHS = ("2026-01", "2026-02")
Visit = tuple[str, int, str, str]
"""Month, patient, and the visit's cell in two tables."""

VISITS = st.lists(
    st.tuples(st.sampled_from(MONTHS), st.integers(0, 40), st.sampled_from("ABCDE"), st.sampled_from("XYZ")), max_size=150
)


def _atoms(visits: list[Visit], table: int) -> list[Atom]:
    placed = [(visit[0], visit[1], visit[2] if table == 2 else visit[3]) for visit in visits]
    counts = Counter((month, key) for month, _, key in placed)
    patients = Counter((month, key) for month, _, key in set(placed))
    return [Atom(month, key, count, patients[month, key]) for (month, key), count in counts.items()]


def _tell(visits: list[Visit], table: int) -> Told:
    return tell(_atoms(visits, table), MONTHS)


@settings(max_examples=300, deadline=None)
@given(VISITS)
def test_no_cell_of_few_patients_is_told(visits: list[Visit]) -> None:
    for table in (2, 3):
        told = _tell(visits, table)
        for atom in _atoms(visits, table):
            if atom.patients < THRESHOLD:
                assert told.count(atom.month, atom.key) is None


@settings(max_examples=300, deadline=None)
@given(VISITS)
def test_an_empty_cell_is_told_as_zero_only_where_nothing_is_withheld(visits: list[Visit]) -> None:
    told = _tell(visits, 2)
    present = {(atom.month, atom.key) for atom in _atoms(visits, 2)}
    for month in MONTHS:
        for key in "ABCDE":
            if (month, key) not in present:
                assert told.count(month, key) == (None if month in told.partly else 0)


@settings(max_examples=300, deadline=None)
@given(VISITS)
def test_who_knows_the_months_total_cannot_work_a_small_cell_out(visits: list[Visit]) -> None:
    """Another table may tell the total. What is withheld then has a known sum: of several cells and many patients."""
    for table in (2, 3):
        told = _tell(visits, table)
        for month in MONTHS:
            atoms = [atom for atom in _atoms(visits, table) if atom.month == month]
            withheld = [atom for atom in atoms if told.count(month, atom.key) is None]
            if not any(atom.patients < THRESHOLD for atom in atoms):
                assert withheld == []
            elif len(withheld) < len(atoms):
                assert len(withheld) > 1
                assert max(atom.patients for atom in withheld) >= THRESHOLD
                assert sum(atom.patients for atom in withheld) >= 2 * THRESHOLD


def test_who_knows_the_rule_too_finds_several_clinics_that_answer_alike() -> None:
    """Every small value of the withheld cell is consistent with what is told, for every total that can be told beside it."""
    for total in range(2 * THRESHOLD, 4 * THRESHOLD):
        alike = {}
        for small in range(1, THRESHOLD):
            cells = [_atom("A", small), _atom("B", total - small), _atom("C", 60)]
            told = tell(cells, MONTHS[:1])
            alike[small] = (tuple(told.cells("ABC")), told.count(MONTHS[0], "C"))
        assert len(set(alike.values())) == 1, total


def _atom(key: str, patients: int) -> Atom:
    return Atom(MONTHS[0], key, patients, patients)


@settings(max_examples=200, deadline=None)
@given(VISITS)
def test_subtracting_spans_gives_told_atoms_and_nothing_else(visits: list[Visit]) -> None:
    """Both months less the first is the second as it is told by itself; withheld parts are in neither."""
    atoms = _atoms(visits, 2)
    both, *single = tell(atoms, MONTHS), *(tell([a for a in atoms if a.month == month], (month,)) for month in MONTHS)
    for whole, first, second in zip(both.cells("ABCDE"), *(told.cells("ABCDE") for told in single), strict=True):
        assert (whole.count or 0) == (first.count or 0) + (second.count or 0)
        assert whole.suppressed == (first.suppressed or second.suppressed)


@settings(max_examples=200, deadline=None)
@given(VISITS, st.tuples(st.sampled_from(MONTHS), st.just(99), st.sampled_from("ABCDE"), st.sampled_from("XYZ")))
def test_a_patient_who_is_alone_in_a_cell_leaves_no_count_behind(visits: list[Visit], added: Visit) -> None:
    """Before and after a patient comes who is among few: no told count of the cell they come to."""
    before, after = _tell(visits, 2), _tell([*visits, added], 2)
    month, _, key, _ = added
    few = next((a.patients for a in _atoms([*visits, added], 2) if (a.month, a.key) == (month, key)), 0) < THRESHOLD
    if few:
        assert after.count(month, key) is None
        assert before.count(month, key) in (None, 0)


def test_without_anything_small_everything_is_told() -> None:
    told = tell([_atom("A", 11), _atom("B", 30)], MONTHS[:1])
    assert [(cell.key, cell.count, cell.suppressed) for cell in told.cells("ABC")] == [
        ("A", 11, False),
        ("B", 30, False),
        ("C", 0, False),
    ]


def test_one_small_cell_takes_others_with_it() -> None:
    told = tell([_atom("A", 1), _atom("B", 11), _atom("C", 12), _atom("D", 50)], MONTHS[:1])
    assert {cell.key: cell.count for cell in told.cells("ABCDE")} == {"A": None, "B": None, "C": None, "D": 50, "E": None}


def test_visits_of_few_patients_are_few_however_many_they_are() -> None:
    told = tell([Atom(MONTHS[0], "A", 500, 3), _atom("B", 40), _atom("C", 50)], MONTHS[:1])
    assert {cell.key: cell.count for cell in told.cells()} == {"C": 50}
