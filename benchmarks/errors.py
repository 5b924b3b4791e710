"""What ends a measurement with one line instead of a traceback."""


class BenchmarkError(Exception):
    """The text says what is wrong and what to do."""
