"""Telling a cancellation that is meant for this task from one that strayed into it.

graphql-core 3.3 cancels the siblings of a non-null field that fails. Where two fields wait for one future and it is not
shielded, the other one's CancelledError comes out of the whole operation, although nobody cancelled that: a fault, which the
caller is told.
"""

import asyncio


def being_cancelled() -> bool:
    """Whether somebody wants this task to end: it must not answer any more."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
