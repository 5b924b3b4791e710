"""The Dockerfile as its instructions, by stage, and the programs that check it."""

import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
DOCKERFILE = ROOT / "Dockerfile"


def program(name: str) -> str:
    """A program of the virtual environment, else one on the PATH."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        raise FileNotFoundError(f"{name} is not installed: requirements/development.lock brings it")
    return found


@dataclass
class Stage:
    base: str
    name: str | None
    instructions: list[tuple[str, str]] = field(default_factory=list)

    def all(self, keyword: str) -> list[str]:
        """What follows each instruction of this kind."""
        return [rest for found, rest in self.instructions if found == keyword]


def stages() -> list[Stage]:
    found: list[Stage] = []
    for keyword, rest in _instructions(DOCKERFILE.read_text(encoding="utf-8")):
        if keyword == "FROM":
            base, *name = rest.split(" AS ")
            found.append(Stage(base, name[0] if name else None))
        else:
            found[-1].instructions.append((keyword, rest))
    return found


def copied(stage: Stage) -> list[tuple[str | None, list[str]]]:
    """For each COPY, the stage that it copies from (None: the build context) and its sources."""
    found = []
    for rest in stage.all("COPY"):
        options = [word for word in rest.split() if word.startswith("--")]
        words = [word for word in rest.split() if not word.startswith("--")]
        origin = next((option.removeprefix("--from=") for option in options if option.startswith("--from=")), None)
        found.append((origin, words[:-1]))
    return found


def _instructions(text: str) -> list[tuple[str, str]]:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    whole = "\n".join(lines).replace("\\\n", " ")
    pairs = (line.split(maxsplit=1) for line in whole.splitlines())
    return [(keyword, " ".join(rest.split())) for keyword, rest in pairs]
