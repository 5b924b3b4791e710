"""How far two written forms are apart."""


def distance(left: str, right: str) -> int:
    """The fewest letters to insert, delete, exchange or swap with their neighbour (optimal string alignment)."""
    before: list[int] = []
    last = list(range(len(right) + 1))
    for row, letter in enumerate(left, start=1):
        this = [row]
        for column, other in enumerate(right, start=1):
            best = min(last[column] + 1, this[-1] + 1, last[column - 1] + (letter != other))
            swapped = row > 1 and column > 1 and letter == right[column - 2] and left[row - 2] == other
            this.append(min(best, before[column - 2] + 1) if swapped else best)
        before, last = last, this
    return last[-1]


def similar(left: str, right: str) -> bool:
    """One slip in up to seven letters, two in longer words."""
    allowed = 1 if max(len(left), len(right)) < 8 else 2
    return abs(len(left) - len(right)) <= allowed and distance(left, right) <= allowed
