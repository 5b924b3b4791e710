"""The README, held to what is there: its commands are run as they are written, its tables compared with the code."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ohms_graphql.settings import DEVELOPMENT_SECRET_KEY, Settings
from schema.errors import USER_ERRORS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
PROGRAMS = Path(sys.executable).parent

NOT_RUN = {
    "make test": "runs this very test",
    "npm install": "is for another project, and fetches hundreds of packages; run by hand whenever its lines change",
    "docker compose": "needs a container engine; tests/ships reads what it would do",
}
RUN_BY_A_TEST_OF_ITS_OWN = ("make run", "(umask 077")
_PATIENT = {"resourceType": "Patient", "id": "p1", "name": [{"family": "Doe", "given": ["Jane"]}], "gender": "female"}


def _blocks_run_in_order() -> list[str]:
    return [block for block in BLOCKS if not block.startswith((*NOT_RUN, *RUN_BY_A_TEST_OF_ITS_OWN))]


@pytest.mark.timeout(240)
def test_every_command_works_as_it_is_written(tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl, which the README calls, is not installed")
    bundles = tmp_path / "bundles"
    bundles.mkdir()
    (bundles / "patient.json").write_text(json.dumps(_PATIENT))
    port = _free_port()
    with _make_run(port, tmp_path) as environment:
        for block in _blocks_run_in_order():
            script = block.replace("127.0.0.1:8000", f"127.0.0.1:{port}").replace(".venv/bin", str(PROGRAMS))
            script = script.replace(" bundles/", f" {bundles}")
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
            if "curl" in block:
                _assert_answered(json.loads(done.stdout))


def test_the_commands_left_out_are_few_and_still_there() -> None:
    assert [
        start for start in (*NOT_RUN, *RUN_BY_A_TEST_OF_ITS_OWN) if not any(block.startswith(start) for block in BLOCKS)
    ] == []
    assert len(_blocks_run_in_order()) >= 3


def test_the_file_of_secrets_is_what_compose_asks_for(tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl, which the README calls, is not installed")
    (block,) = [block for block in BLOCKS if block.startswith("(umask 077")]
    subprocess.run(["bash", "-euo", "pipefail", "-c", block], cwd=tmp_path, check=True)
    env = tmp_path / ".env"
    assert env.stat().st_mode & 0o077 == 0
    written = dict(line.split("=", 1) for line in env.read_text().splitlines())
    assert set(written) == set(re.findall(r"\$\{(\w+)", (ROOT / "compose.yaml").read_text()))
    secrets = [value for name, value in written.items() if name != "DOMAIN"]
    assert len(set(secrets)) == 5
    assert all(re.fullmatch(r"[0-9a-f]{64}", value) for value in secrets)


def test_the_table_of_settings_is_complete_and_has_the_right_defaults() -> None:
    rows = dict(re.findall(r"^\| `(OHMS_\w+)` \| (.*?) \|", README, re.MULTILINE))
    defaults = {f"OHMS_{name.upper()}": field.default for name, field in Settings.model_fields.items()}
    described = {"OHMS_PUBLIC_URL": "from host and port", "OHMS_SECRET_KEY": "a known one"}
    assert defaults["OHMS_SECRET_KEY"].get_secret_value() == DEVELOPMENT_SECRET_KEY
    assert rows == {name: described.get(name, _shown(default)) for name, default in defaults.items()}


def test_every_user_error_and_every_code_is_named() -> None:
    assert [error.__name__ for error in USER_ERRORS if f"`{error.__name__}`" not in README] == []
    table = README.split("| code | meaning |")[1].split("\n\n")[0]
    told = set(re.findall(r"`([A-Z][A-Z_]+)`", table))
    sources = [path.read_text() for name in ("resolvers", "schema", "ohms_graphql") for path in (ROOT / name).rglob("*.py")]
    assert [code for code in sorted(told) if not any(f'"{code}"' in source for source in sources)] == []
    raised = {code for source in sources for code in re.findall(r'ExpectedError\(.*?, "([A-Z_]+)"', source)}
    raised |= {code for source in sources for code in re.findall(r'"code": "([A-Z_]+)"', source)}
    assert raised - told == set()


def test_links_lead_somewhere_and_the_map_names_what_is_there() -> None:
    links = re.findall(r"\]\(((?!https?:)[^)#]+)\)", README)
    paths = re.findall(r"`([a-z_]+/|Dockerfile|compose\.yaml)`", README.split("## Map of the repository")[1])
    assert len(links) >= 2
    assert len(paths) >= 8
    assert [path for path in [*links, *paths] if not (ROOT / path).exists()] == []


@contextmanager
def _make_run(port: int, folder: Path) -> Iterator[dict[str, str]]:
    """`make run`, on another port and with data of its own; gives the environment of whoever joins it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("OHMS_", "MAKE", "MFLAGS"))}
    environment |= {"OHMS_PORT": str(port), "OHMS_DATA_DIR": str(folder / "data")}
    # What is installed and built stays as it is while tests run in it.
    done = [f"{sys.prefix}/.installed", "ohms_graphql/static/.built"]
    command = ["make", f"VENV={sys.prefix}", *(f"--old-file={path}" for path in done), "run"]
    with (folder / "output").open("w+") as output:
        running = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            _wait_until_ready(port, running, folder / "output")
            told = (folder / "output").read_text()
            assert f"http://127.0.0.1:{port}/graphql" in told
            assert all(role in told for role in ("PATIENT", "PROVIDER", "STAFF", "ADMIN", "ANALYST"))
            yield environment
        finally:
            os.killpg(running.pid, signal.SIGTERM)
            running.wait(timeout=30)


def _wait_until_ready(port: int, running: subprocess.Popen[bytes], output: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert running.poll() is None, output.read_text()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
        finally:
            connection.close()
    raise AssertionError(f"`make run` does not answer: {output.read_text()}")


def _assert_answered(answer: dict[str, dict[str, Any]]) -> None:
    assert "errors" not in answer, answer
    for payload in answer["data"].values():
        if isinstance(payload, list):
            assert payload
            continue
        assert payload.get("errors", []) == []
        assert payload.get("nodes", ["none asked for"]) != []


def _shown(default: object) -> str:
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"  # as one types it
    if isinstance(default, tuple) and default:
        return f"`{','.join(default)}`"
    return f"`{default}`" if default not in (None, ()) else "none"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
