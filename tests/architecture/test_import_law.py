"""The import law is a file that a machine reads; these tests see it catch what it forbids."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The four roots and the law, where a test may plant what it likes."""
    folder = tmp_path_factory.mktemp("tree")
    for name in ("backend", "bot", "campaigns", "knowledge"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "static", "corpus"))
    shutil.copy(ROOT / ".importlinter", folder)
    return folder


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_tree_keeps_the_law(copy: Path) -> None:
    run = lint(copy)
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("backend/ledger/queries.py", "from backend.accounts import models", "Who may import whom"),
        ("backend/earning/rules/awards.py", "from django.utils import timezone", "Rules know no rows"),
        ("backend/earning/rules/awards.py", "from backend.earning import services", "Doors over services"),
        ("campaigns/rules/offers.py", "import knowledge", "Who may import whom"),
        ("bot/llm.py", "from campaigns.services import claim", "The assistant reads"),
        ("bot/llm.py", "from backend.ledger import services", "The assistant reads"),
    ],
)
def test_a_planted_import_is_caught(copy: Path, file: str, line: str, contract: str) -> None:
    path = copy / file
    before = path.read_text(encoding="utf-8")
    path.write_text(f"{before}\n{line}\n", encoding="utf-8")
    try:
        run = lint(copy)
    finally:
        path.write_text(before, encoding="utf-8")
    assert run.returncode == 1
    broken = [each for each in run.stdout.splitlines() if "BROKEN" in each]
    assert any(contract in each for each in broken), run.stdout


def test_an_app_without_a_place_is_caught(copy: Path) -> None:
    newcomer = copy / "backend" / "newcomer"
    newcomer.mkdir()
    (newcomer / "__init__.py").touch()
    try:
        run = lint(copy)
    finally:
        shutil.rmtree(newcomer)
    assert run.returncode == 1
    assert "newcomer" in run.stdout
