"""The files of an export, and how far it has come: after a crash it goes on where all files are known to be whole."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

from ohms_graphql.errors import OhmsError

STATE = "export-state.json"
MANIFEST = "manifest.json"
REST = "ohms.jsonl"
VERSION = 1


@dataclass(slots=True)
class State:
    """``after`` is the last document done of each collection, ``sizes`` the bytes of each file up to then."""

    asked: dict[str, object]
    home: str
    started_at: str
    version: int = VERSION
    after: dict[str, str] = field(default_factory=dict)
    finished: list[str] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)


class ExportFolder:
    """Readable by its owner alone: what is in it is not encrypted."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._open: dict[str, IO[bytes]] = {}

    def resume(self, asked: dict[str, object]) -> State | None:
        """Where an export that was broken off stands; None for an empty folder.

        Raises OhmsError for a folder with something else in it, a finished export, or one that was asked for otherwise.
        """
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if (self.path / MANIFEST).exists():
            raise OhmsError(f"{self.path} holds a finished export: choose another folder.")
        if not (self.path / STATE).exists():
            if any(self.path.iterdir()):
                raise OhmsError(f"{self.path} is not empty, and holds no export that could go on.")
            return None
        state = State(**json.loads((self.path / STATE).read_bytes()))
        if state.version != VERSION or state.asked != asked:
            raise OhmsError(f"{self.path} holds another export: give the same options, or choose another folder.")
        for name in self._data_files():
            # What was written after the last mark may be half a line.
            os.truncate(self.path / name, state.sizes.get(name, 0))
            if not state.sizes.get(name):
                (self.path / name).unlink()
        return state

    def write(self, lines: Mapping[str, list[bytes]]) -> None:
        for name, found in lines.items():
            if name not in self._open:
                handle = os.open(self.path / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
                self._open[name] = os.fdopen(handle, "ab")
            self._open[name].write(b"".join(line + b"\n" for line in found))

    def mark(self, state: State) -> None:
        """From here on a crash loses nothing of what was written before."""
        for name, stream in self._open.items():
            stream.flush()
            os.fsync(stream.fileno())
            state.sizes[name] = stream.tell()
        self._replace(STATE, asdict(state))

    def finish(self, manifest: dict[str, object]) -> None:
        for stream in self._open.values():
            stream.close()
        self._replace(MANIFEST, manifest)
        (self.path / STATE).unlink()

    def _data_files(self) -> list[str]:
        return sorted(path.name for path in self.path.iterdir() if path.suffix in (".ndjson", ".jsonl"))

    def _replace(self, name: str, content: dict[str, object]) -> None:
        draft = self.path / f".{name}.draft"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            stream.write(json.dumps(content, indent=1).encode())
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(self.path / name)
