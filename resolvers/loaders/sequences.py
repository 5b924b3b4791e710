"""The places of entries in the one audit trail."""

from collections.abc import Awaitable, Callable, Sequence

from models.audit_event import CHAIN_LENGTH
from models.audit_seal import AuditSeal
from resolvers.loaders.base import Loader

Seal = Callable[[], Awaitable[None]]


class SequenceByEntry(Loader[str, int]):
    """``load(entry id)``: the sequence that its seal gives it. Seals first what is not sealed yet."""

    def __init__(self, seal: Seal) -> None:
        super().__init__()
        self._seal = seal

    async def batch_load_fn(self, keys: list[str]) -> list[int]:
        found = await _sequences(keys)
        if len(found) < len(set(keys)):
            await self._seal()
            found = await _sequences(keys)
        # What no seal holds was slipped in; verification says more.
        return [found.get(key, -1) for key in keys]


async def _sequences(keys: Sequence[str]) -> dict[str, int]:
    places: dict[str, list[int]] = {}
    for key in keys:
        places.setdefault(key[:CHAIN_LENGTH], []).append(int(key[CHAIN_LENGTH:]))
    holding = [
        {"ranges": {"$elemMatch": {"chain": chain, "last": {"$gte": min(positions)}, "first": {"$lte": max(positions)}}}}
        for chain, positions in places.items()
    ]
    seals = await AuditSeal.get_pymongo_collection().find({"$or": holding}, batch_size=100_000).to_list()
    found: dict[str, int] = {}
    for seal in seals:
        sequence = seal["first_sequence"]
        for made in seal["ranges"]:
            for position in places.get(made["chain"], ()):
                if made["first"] <= position <= made["last"]:
                    found[f"{made['chain']}{position:010d}"] = sequence + position - made["first"]
            sequence += made["last"] - made["first"] + 1
    return found
