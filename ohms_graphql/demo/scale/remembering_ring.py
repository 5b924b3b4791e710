"""A key ring that hashes each word once: a hundred thousand patients share a few hundred names."""

from models.secret import KeyRing

_MOST = 200_000


class RememberingRing:
    """Implements ``models.secret.KeyRing`` by another one. Only tokens, which are the same every time, are remembered."""

    def __init__(self, ring: KeyRing) -> None:
        self._tokens: dict[tuple[str, str], int] = {}
        self._ring = ring
        self.seal = ring.seal
        self.open = ring.open
        self.seal_alike = ring.seal_alike
        self.open_alike = ring.open_alike
        self.alike = ring.alike

    def token(self, text: str, place: str) -> int:
        found = self._tokens.get((text, place))
        if found is None:
            if len(self._tokens) >= _MOST:
                self._tokens.clear()
            found = self._tokens[text, place] = self._ring.token(text, place)
        return found
