"""What the machine and its processes tell about themselves. Where it is not Linux, less is told and nothing breaks."""

import contextlib
import os
import platform
import subprocess
import sys
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def divide_cores() -> int | None:
    """Gives one core to the server that is measured and keeps this process, MongoDB and the load off it.

    The server's core, or None where there is only one, or no say in it. What is started from here on inherits the rest.
    """
    if not hasattr(os, "sched_setaffinity"):
        return None
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        return None
    os.sched_setaffinity(0, set(cores[1:]))
    return cores[0]


def pin(pid: int, core: int | None) -> None:
    if core is not None:
        os.sched_setaffinity(pid, {core})


def cpu_seconds(pid: int) -> float | None:
    """Processor time of a process since its start, its threads included, in user and kernel mode."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / _TICKS


def resident_mebibytes(pid: int) -> float:
    """Memory that a process holds now (RSS), as ``ps`` tells it."""
    told = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return int(told or 0) / 1024


def forget_peak(pid: int) -> None:
    """The most memory held (VmHWM) counts from now on, where the system lets us say so (Linux)."""
    with contextlib.suppress(OSError):
        Path(f"/proc/{pid}/clear_refs").write_text("5")


def peak_mebibytes(pid: int) -> float:
    """The most memory that a process has held; what it holds now, where the system does not count that."""
    try:
        told = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return resident_mebibytes(pid)
    return int(told.partition("VmHWM:")[2].split(maxsplit=1)[0]) / 1024


def description() -> dict[str, object]:
    """What to know of the machine beside its figures. ``load`` is the number of busy processes before the measurement."""
    cores = os.cpu_count() or 1
    return {
        "cores": cores,
        "load": round(os.getloadavg()[0], 2),
        "processor": _processor(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "implementation": sys.implementation.name,
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
