"""A flame graph of each page under load, by py-spy, which reads the server's stack from outside: the server is as it ships."""

import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.asking import Request
from benchmarks.errors import BenchmarkError
from benchmarks.flame_graph import drawing, graph_of
from benchmarks.load import put_load
from benchmarks.measurement import WARM_UP_SECONDS
from benchmarks.progress import say
from benchmarks.servers import Server, end

_SECONDS = 10
_SAMPLES_PER_SECOND = 200
_START_SECONDS = 2.0


def flame(server: Server, request: Request, page: str, connections: int, folder: Path) -> Path:
    """Writes ``folder/page.svg``. Raises BenchmarkError where py-spy is not installed or may not look into the process.

    py-spy gives file names within their packages, so that the picture names no folder of this machine.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file, sampled = folder / f"{page}.svg", folder / f"{page}.stacks"
    say(f"  {page}: {_SECONDS} s under load with {connections} connections ...")
    put_load(request, WARM_UP_SECONDS, connections)
    sampler = subprocess.Popen(_command(server, sampled), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        put_load(request, _SECONDS + _START_SECONDS, connections)
        _, told = sampler.communicate(timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        raise BenchmarkError(f"py-spy had not ended {_SECONDS} seconds after the load.") from None
    finally:
        if sampler.poll() is None:
            end(sampler)
    if sampler.returncode != 0:
        raise BenchmarkError(f"py-spy ended with code {sampler.returncode}: {told.decode(errors='replace').strip()[-300:]}")
    root = graph_of(sampled.read_text())
    sampled.unlink()
    file.write_text(drawing(root, f"{page} page under load, {connections} connections"))
    return file


def _command(server: Server, sampled: Path) -> list[str]:
    beside = Path(sys.executable).with_name("py-spy")
    found = str(beside) if beside.exists() else shutil.which("py-spy")
    if found is None:
        raise BenchmarkError("There is no py-spy in this environment: `make lint` installs what the development lock lists.")
    timed = ["--duration", str(_SECONDS), "--rate", str(_SAMPLES_PER_SECOND)]
    return [found, "record", "--pid", str(server.pid), *timed, "--format", "raw", "--function", "--output", str(sampled)]
