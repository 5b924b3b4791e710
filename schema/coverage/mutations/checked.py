"""A coverage after something was found out about it."""

from schema.coverage.types import Coverage
from schema.info import Info


async def coverage_of(info: Info, coverage_id: str) -> Coverage | None:
    found = await info.context.loaders.coverages.load(coverage_id)
    return None if found is None else Coverage.from_document(found)
