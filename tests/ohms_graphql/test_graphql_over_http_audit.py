"""The audit of npm graphql-http: all of its checks, by somebody else's hand."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

AUDIT = Path(__file__).parent / "graphql_http_audit"
TOOLS = Path(sys.executable).parent
ENVIRONMENT = {**os.environ, "PATH": f"{TOOLS}:{os.environ['PATH']}"}


@pytest.fixture(scope="module")
def audit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The audit, installed from its lock."""
    folder = tmp_path_factory.mktemp("audit")
    for name in ("package.json", "package-lock.json", ".npmrc", "audit.mjs"):
        shutil.copy(AUDIT / name, folder)
    command = ["npm", "ci", "--no-audit", "--no-fund", "--prefer-offline"]
    installed = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True, env=ENVIRONMENT)
    assert installed.returncode == 0, installed.stderr
    return folder


def test_all_61_checks_pass(served: str, audit: Path) -> None:
    command = ["node", "audit.mjs", f"http://{served}/graphql"]
    printed = subprocess.run(command, cwd=audit, check=True, capture_output=True, text=True, env=ENVIRONMENT).stdout
    results = [json.loads(line) for line in printed.splitlines()]
    assert [f"{result['id']} {result['name']}: {result['reason']}" for result in results if result["status"] != "ok"] == []
    assert len(results) == 61
