"""Writing into a folder: all or nothing, and never over what a person has edited."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from migrator.findings import Finding
from migrator.write import Difference, RenderedProject, check, write
from migrator.write import transaction as transaction_module
from migrator.write.folder import STAGING, STORE
from migrator.write.record import FILE

ROOT = Path(__file__).resolve().parents[2]


def made(**files: str) -> RenderedProject:
    """A rendered project of these files, `__` for a slash."""
    return RenderedProject("p", {path.replace("__", "/"): text for path, text in files.items()}, {}, {}, {}, (), ())


ONE = made(a="1\n", d__b="2\n", d__c="3\n")
TWO = made(a="1\n", d__b="two\n", e__f="new\n")


def tree(folder: Path) -> dict[str, str]:
    """Every file below a folder but migration.json and what is kept to merge with."""
    return {
        path: text for path, text in everything(folder).items() if path != FILE and not path.startswith(f"{STORE}/")
    }


def everything(folder: Path) -> dict[str, str]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text() for path in paths}


def codes(findings: tuple[Finding, ...]) -> list[str]:
    return [item.code for item in findings]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "above" / "out"


def test_into_a_folder_that_does_not_exist_or_is_empty(out: Path) -> None:
    outcome = write(ONE, out)
    assert outcome.ok
    assert outcome.written == ("a", "d/b", "d/c", "migration.json")
    assert tree(out) == {"a": "1\n", "d/b": "2\n", "d/c": "3\n"}
    empty = out.parent / "empty"
    empty.mkdir()
    assert write(ONE, empty).ok
    assert tree(empty) == tree(out)
    assert sorted(path.name for path in out.parent.iterdir()) == ["empty", "out"]


def test_again_touches_nothing(out: Path) -> None:
    write(ONE, out)
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*")}
    outcome = write(ONE, out)
    assert (outcome.written, outcome.removed) == ((), ())
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*")} == before


def test_another_project_over_the_first(out: Path) -> None:
    write(ONE, out)
    outcome = write(TWO, out)
    assert outcome.written == ("d/b", "e/f", "migration.json")
    assert outcome.removed == ("d/c",)
    assert tree(out) == {"a": "1\n", "d/b": "two\n", "e/f": "new\n"}
    write(made(a="1\n"), out)
    assert [path.name for path in sorted(out.iterdir())] == [".migrate", "a", "migration.json"]
    assert sorted(path.name for path in (out / STORE).rglob("*")) == [".gitattributes", "a.txt", "written"]


def test_line_ends_changed_by_version_control_are_no_edit(out: Path) -> None:
    write(ONE, out)
    (out / "d/b").write_bytes(b"2\r\n")
    assert write(TWO, out).findings == ()


def test_a_file_in_the_way(out: Path) -> None:
    out.parent.mkdir()
    out.write_text("mine\n")
    outcome = write(ONE, out)
    assert (outcome.ok, codes(outcome.findings)) == (False, ["A2D602"])
    assert out.read_text() == "mine\n"
    assert check(ONE, out) == [Difference(".", "foreign")]


@pytest.mark.parametrize("name", ["notes.txt", "d/own.py", "migration.json"])
def test_a_folder_with_files_of_somebody_else(out: Path, name: str) -> None:
    (out / name).parent.mkdir(parents=True)
    (out / name).write_text("{}")
    outcome = write(ONE, out)
    assert (outcome.ok, codes(outcome.findings)) == (False, ["A2D602"])
    assert name in outcome.findings[0].message
    assert [path for path in out.rglob("*") if path.is_file()] == [out / name]
    assert Difference(name, "foreign") in check(ONE, out)


def test_a_symbolic_link_is_somebody_elses(out: Path) -> None:
    write(ONE, out)
    (out / "a").unlink()
    (out / "a").symlink_to(out.parent / "elsewhere")
    (out.parent / "elsewhere").write_text("keep\n")
    assert codes(write(TWO, out).findings) == ["A2D602"]
    (out / "a").unlink()
    (out / "linked").symlink_to(out.parent)
    assert codes(write(TWO, out).findings) == ["A2D602"]
    assert (out.parent / "elsewhere").read_text() == "keep\n"


def test_a_record_cannot_name_files_outside(out: Path) -> None:
    write(ONE, out)
    victim = out.parent / "victim"
    victim.write_text("1\n")
    record = json.loads((out / "migration.json").read_text())
    record["files"]["../victim"] = record["files"][str(victim)] = record["files"]["a"]
    (out / "migration.json").write_text(json.dumps(record))
    assert write(TWO, out).ok
    assert victim.read_text() == "1\n"


def test_caches_and_local_state_stay(out: Path) -> None:
    write(ONE, out)
    for name in (".env", ".git/HEAD", ".venv/pyvenv.cfg", "d/__pycache__/b.pyc", "e/__pycache__/f.pyc", "uv.lock"):
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text("x")
    assert write(TWO, out).ok
    assert all((out / name).exists() for name in (".env", ".git/HEAD", ".venv/pyvenv.cfg", "uv.lock"))
    # A folder that only caches are left in would still be imported from.
    write(made(a="1\n"), out)
    assert not (out / "d").exists()
    assert not (out / "e").exists()


def test_check_says_what_writing_would_do(out: Path) -> None:
    assert {item.kind for item in check(ONE, out)} == {"missing"}
    write(ONE, out)
    assert check(ONE, out) == []
    (out / "d/b").write_text("mine\n")
    before = tree(out)
    assert check(TWO, out) == [
        Difference("d/b", "edited"),
        Difference("d/c", "obsolete"),
        Difference("e/f", "missing"),
        Difference("migration.json", "changed"),
    ]
    assert tree(out) == before


# One for a file that comes or goes, two for one that is replaced: of d, e, migration.json, and the copies of d and e.
MOVES = 10


@pytest.mark.parametrize("failing", range(1, MOVES + 1))
def test_a_failure_at_any_move_leaves_the_old_files(out: Path, failing: int, monkeypatch: pytest.MonkeyPatch) -> None:
    write(ONE, out)
    before = everything(out)
    moves = 0

    def replace(source: Any, target: Any) -> None:
        nonlocal moves
        moves += 1
        if moves == failing:
            raise OSError(28, "No space left on device")
        os.rename(source, target)

    monkeypatch.setattr(transaction_module.os, "replace", replace)
    outcome = write(TWO, out)
    assert moves >= failing
    assert (outcome.ok, codes(outcome.findings)) == (False, ["A2D603"])
    assert "No space left" in outcome.findings[0].message
    assert everything(out) == before


def test_a_failure_while_preparing(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def write_bytes(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", write_bytes)
        assert not write(ONE, out).ok
    assert not out.parent.exists()
    write(ONE, out)
    before = everything(out)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", write_bytes)
        assert not write(TWO, out).ok
    assert everything(out) == before


def test_control_c_midway(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(ONE, out)
    before = everything(out)
    moves = 0

    def replace(source: Any, target: Any) -> None:
        nonlocal moves
        moves += 1
        if moves == 3:
            raise KeyboardInterrupt
        os.rename(source, target)

    monkeypatch.setattr(transaction_module.os, "replace", replace)
    with pytest.raises(KeyboardInterrupt):
        write(TWO, out)
    assert everything(out) == before


@pytest.mark.parametrize("killed", range(1, MOVES + 1))
def test_a_killed_run_is_undone_by_the_next(out: Path, killed: int) -> None:
    write(ONE, out)
    before = everything(out)
    code = f"""
import os, sys
sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / "tests")!r}]
from pathlib import Path
from migrator.write import transaction, write
from write.test_transaction import TWO
moves = 0
def replace(source, target):
    global moves
    moves += 1
    if moves == {killed}:
        os._exit(9)
    os.rename(source, target)
transaction.os.replace = replace
write(TWO, Path({str(out)!r}))
"""
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == 9
    assert (out / STAGING).is_dir()
    # The same again: nothing would be done, so what is seen is what was put back.
    assert write(ONE, out).written == ()
    assert everything(out) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder(out: Path) -> None:
    write(ONE, out)
    before = everything(out)
    out.chmod(0o555)
    try:
        assert codes(write(TWO, out).findings) == ["A2D603"]
    finally:
        out.chmod(0o755)
    assert everything(out) == before


def test_a_folder_that_cannot_be_made(out: Path) -> None:
    out.parent.write_text("a file\n")
    outcome = write(ONE, out)
    assert (outcome.ok, codes(outcome.findings)) == (False, ["A2D603"])


def test_two_runs_at_once(out: Path) -> None:
    write(ONE, out)
    with transaction_module.alone(out):
        outcome = write(TWO, out)
    assert (outcome.ok, codes(outcome.findings)) == (False, ["A2D603"])
    assert "another run" in outcome.findings[0].message
    assert write(TWO, out).ok
