"""What the tree says about itself, read from its files, for the tests that compare one file with another."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("backend", "bot", "campaigns", "knowledge")


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def sources() -> list[Path]:
    """Every Python file of the product."""
    return [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]


@cache
def environment_names() -> frozenset[str]:
    """Every variable that env.py reads: the first text given to `env.…(…)` or to a helper called with `env`."""
    calls = [node for node in ast.walk(ast.parse(text("backend/config/env.py"))) if isinstance(node, ast.Call)]
    return frozenset(name for call in calls if _reads_environment(call) for name in _first_text(call))


def _reads_environment(call: ast.Call) -> bool:
    method = isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name)
    owner = call.func.value.id if method else ""  # type: ignore[attr-defined]
    given = [argument.id for argument in call.args if isinstance(argument, ast.Name)]
    return owner == "env" or given[:1] == ["env"]


def _first_text(call: ast.Call) -> list[str]:
    texts = [a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    return texts[:1]


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", text("Makefile"), re.MULTILINE))


def own_commands() -> set[str]:
    """Commands of this project's apps."""
    return {path.stem for path in sources() if path.parts[-3:-1] == ("management", "commands")} - {"__init__"}


def manage_commands() -> set[str]:
    """Commands of this project, and those of Django that its documents may name."""
    return own_commands() | {"migrate", "makemigrations", "check", "shell", "collectstatic"}
