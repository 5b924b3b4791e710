"""Whether an answer depends on who asks, or only on their roles."""

from typing import Any

from resolvers.principal import Principal

_PERSONAL = frozenset(Principal.__dataclass_fields__) - {"roles"}


class WatchedPrincipal(Principal):
    """Remembers whether anything of the caller but the roles was looked at.

    What runs the same way until the first such look, and takes none, does the same for every caller with the same roles.
    """

    __slots__ = ("_looked_at",)

    @classmethod
    def of(cls, principal: Principal) -> "WatchedPrincipal":
        watched = cls(**{name: getattr(principal, name) for name in Principal.__dataclass_fields__})
        object.__setattr__(watched, "_looked_at", False)
        return watched

    @property
    def is_personal(self) -> bool:
        looked_at: bool = object.__getattribute__(self, "_looked_at")
        return looked_at

    def __eq__(self, other: object) -> bool:
        return Principal(**{name: getattr(self, name) for name in Principal.__dataclass_fields__}) == other

    def __hash__(self) -> int:
        return super().__hash__()

    def __getattribute__(self, name: str) -> Any:
        if name in _PERSONAL:
            object.__setattr__(self, "_looked_at", True)
        return object.__getattribute__(self, name)
