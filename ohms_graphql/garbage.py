"""Garbage collection of a server that holds many small things for long.

What was imported never becomes garbage, and a full collection walks over all of it again; with some thousands of open sockets one
takes half a second, in which nobody is answered. CPython's usual thresholds (700 new objects) are for little programs: a change
that is told to thousands makes hundreds of thousands at once, which live until it is sent. Figures: docs/performance.md.
"""

import gc

_NEW_OBJECTS = 200_000
_YOUNG_COLLECTIONS = 20
_MIDDLE_COLLECTIONS = 20


def settle_garbage_collection() -> None:
    """To be called once everything is loaded."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, _YOUNG_COLLECTIONS, _MIDDLE_COLLECTIONS)
