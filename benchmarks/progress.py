"""Tells on stderr what is being done; stdout is for the figures."""

import sys


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
