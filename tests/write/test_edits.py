"""Writing again over files that a person has edited since: merged three ways, and nothing of theirs is lost."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from migrator.findings import Finding
from migrator.write import Difference, RenderedProject, WriteOutcome, check, write
from migrator.write import transaction as transaction_module
from migrator.write.folder import BESIDE, STORE
from migrator.write.merge import MINE
from migrator.write.store import ATTRIBUTES_FILE, waiting, written

TEXT = "".join(f"{word}\n" for word in ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine"))
FILE = "d/f.txt"


def made(text: str | None = TEXT, path: str = FILE, **more: str) -> RenderedProject:
    """A rendered project of one file, and of others by their names."""
    files = {**({path: text} if text is not None else {}), "a": "a\n", **more}
    return RenderedProject("p", files, {}, {}, {}, (), ())


def codes(findings: tuple[Finding, ...]) -> list[str]:
    return [item.code for item in findings]


def everything(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def changed(text: str, *pairs: str) -> str:
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        assert old in text
        text = text.replace(old, new)
    return text


class Folder:
    """An output folder, with what was generated last."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = path / FILE
        self.beside = path / f"{FILE}{BESIDE}"
        self.generated = TEXT
        assert write(made(), path).ok

    def edit(self, *pairs: str) -> None:
        self.file.write_text(changed(self.file.read_text(), *pairs))

    def generate(self, *pairs: str) -> WriteOutcome:
        """Write with something else generated; once more, too, which changes nothing and tells the same."""
        self.generated = changed(self.generated, *pairs)
        before = check(made(self.generated), self.path)
        outcome = write(made(self.generated), self.path)
        assert outcome.ok, outcome.findings
        assert bool(before) == bool(outcome.written or outcome.removed or outcome.conflicts)
        after = everything(self.path)
        again = write(made(self.generated), self.path)
        assert (again.written, again.removed) == ((), ())
        assert (again.conflicts, again.merged) == (outcome.conflicts, ())
        assert everything(self.path) == after
        assert [item.kind for item in check(made(self.generated), self.path)] == ["edited"] * len(outcome.conflicts)
        return outcome


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "out")


# --- merged ----------------------------------------------------------------------------------------------------------


def test_edits_and_changes_apart_are_merged(folder: Folder) -> None:
    folder.edit("two", "zwei")
    outcome = folder.generate("five", "FIVE")
    assert (codes(outcome.findings), outcome.merged, outcome.kept) == (["A2D608"], (FILE,), ())
    assert outcome.findings[0].severity == "info"
    assert FILE in outcome.findings[0].message
    assert folder.file.read_text() == changed(TEXT, "two", "zwei", "five", "FIVE")
    assert not folder.beside.exists()


def test_the_base_moves_on(folder: Folder) -> None:
    folder.edit("two", "zwei")
    folder.generate("five", "FIVE")
    folder.edit("nine", "neun")
    outcome = folder.generate("six", "SIX")
    assert codes(outcome.findings) == ["A2D608"]
    assert folder.file.read_text() == "one\nzwei\nthree\nfour\nFIVE\nSIX\nseven\neight\nneun\n"
    assert (folder.path / written(FILE)).read_text() == folder.generated
    # Generated as at first: the edits are all that is left.
    folder.generate("SIX", "six", "FIVE", "five")
    assert folder.file.read_text() == changed(TEXT, "two", "zwei", "nine", "neun")


def test_edits_without_anything_new(folder: Folder) -> None:
    folder.edit("two", "zwei")
    outcome = folder.generate()
    assert (outcome.findings, outcome.kept) == ((), (FILE,))
    assert check(made(), folder.path) == []


def test_edited_to_exactly_what_is_generated(folder: Folder) -> None:
    folder.edit("two", "zwei")
    outcome = folder.generate("two", "zwei")
    assert (outcome.findings, outcome.written) == ((), ("migration.json",))
    # It is no edit any more.
    outcome = folder.generate("zwei", "dos")
    assert outcome.findings == ()
    assert folder.file.read_text() == folder.generated


def test_line_ends_stay_as_the_person_has_them(folder: Folder) -> None:
    folder.file.write_bytes(changed(TEXT, "two", "zwei", "\n", "\r\n").encode())
    assert codes(folder.generate("five", "FIVE").findings) == ["A2D608"]
    merged = changed(TEXT, "two", "zwei", "five", "FIVE", "\n", "\r\n").encode()
    assert folder.file.read_bytes() == merged
    assert codes(folder.generate("two", "deux").findings) == ["A2D604"]
    assert folder.file.read_bytes() == merged
    assert folder.beside.read_bytes().count(b"\r\n") == folder.beside.read_bytes().count(b"\n") > 6


def test_line_ends_changed_everywhere_are_no_edit(folder: Folder) -> None:
    """Version control may do that, to the copies in .migrate, too."""
    folder.edit("two", "zwei")
    for path in folder.path.rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert check(made(), folder.path) == []
    assert codes(folder.generate("five", "FIVE").findings) == ["A2D608"]
    assert folder.file.read_bytes() == changed(TEXT, "two", "zwei", "five", "FIVE", "\n", "\r\n").encode()


def test_a_byte_order_mark(folder: Folder) -> None:
    folder.file.write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    assert codes(folder.generate("five", "FIVE").findings) == ["A2D608"]
    assert folder.file.read_bytes() == b"\xef\xbb\xbf" + changed(TEXT, "five", "FIVE").encode()


# --- conflicts -------------------------------------------------------------------------------------------------------


def test_a_conflict_leaves_the_file_and_puts_the_merge_beside(folder: Folder) -> None:
    folder.edit("two", "zwei", "six", "sechs")
    mine = folder.file.read_text()
    outcome = folder.generate("two", "deux", "four", "FOUR")
    assert (codes(outcome.findings), outcome.conflicts, outcome.kept) == (["A2D604"], (FILE,), (FILE,))
    assert f"{FILE}{BESIDE}: both changed the same lines" in outcome.findings[0].message
    assert folder.file.read_text() == mine
    text = folder.beside.read_text()
    assert text.count(MINE) == 1
    assert "zwei" in text
    assert "deux" in text
    assert text.endswith("three\nFOUR\nfive\nsechs\nseven\neight\nnine\n")


def conflict(folder: Folder) -> None:
    folder.edit("two", "zwei")
    assert codes(folder.generate("two", "deux").findings) == ["A2D604"]


def test_dealt_with_by_deleting_the_merge(folder: Folder) -> None:
    """The file stays as it is then: what is generated later is compared with what the conflict was about."""
    conflict(folder)
    folder.beside.unlink()
    outcome = folder.generate()
    assert outcome.findings == ()
    assert (folder.path / written(FILE)).read_text() == folder.generated
    assert not (folder.path / waiting(FILE)).exists()
    assert codes(folder.generate("five", "FIVE").findings) == ["A2D608"]
    assert folder.file.read_text() == changed(TEXT, "two", "zwei", "five", "FIVE")


def test_dealt_with_and_generated_anew_at_once(folder: Folder) -> None:
    conflict(folder)
    folder.beside.write_text(changed(TEXT, "two", "zwei deux"))
    folder.beside.rename(folder.file)
    assert codes(folder.generate("five", "FIVE").findings) == ["A2D608"]
    assert folder.file.read_text() == changed(TEXT, "two", "zwei deux", "five", "FIVE")


def test_dealt_with_as_it_is_generated(folder: Folder) -> None:
    conflict(folder)
    folder.file.write_text(folder.generated)
    outcome = folder.generate()
    assert outcome.findings == ()
    assert outcome.removed == (f"{FILE}{BESIDE}",)


def test_a_conflict_that_waits_follows_what_is_generated(folder: Folder) -> None:
    conflict(folder)
    assert codes(folder.generate("five", "FIVE").findings) == ["A2D604"]
    assert "FIVE" in folder.beside.read_text()
    # The DAG is as it was before: nothing is left to decide.
    outcome = folder.generate("deux", "two")
    assert codes(outcome.findings) == ["A2D608"]
    assert not folder.beside.exists()
    assert folder.file.read_text() == changed(TEXT, "two", "zwei", "five", "FIVE")


def test_the_edit_is_taken_back(folder: Folder) -> None:
    conflict(folder)
    folder.file.write_text(TEXT)
    assert folder.generate().findings == ()
    assert folder.file.read_text() == folder.generated
    assert not folder.beside.exists()


def test_a_merge_that_somebody_works_on_is_not_touched(folder: Folder) -> None:
    conflict(folder)
    half = folder.beside.read_text().replace(MINE, "")
    folder.beside.write_text(half)
    outcome = folder.generate("five", "FIVE")
    assert codes(outcome.findings) == ["A2D604"]
    assert folder.beside.read_text() == half
    folder.beside.write_text(changed(TEXT, "two", "zwei deux"))
    folder.beside.rename(folder.file)
    # It was about the text without FIVE, so that is new.
    assert codes(folder.generate().findings) == ["A2D608"]
    assert folder.file.read_text() == changed(TEXT, "two", "zwei deux", "five", "FIVE")


@pytest.mark.parametrize("gone", [True, False])
def test_a_merge_at_work_outlives_its_file(folder: Folder, gone: bool) -> None:
    conflict(folder)
    folder.beside.write_text("half\n")
    if gone:
        folder.file.unlink()
    else:
        folder.file.write_text(TEXT)
    for _ in range(2):
        assert write(made(None), folder.path).ok
        assert folder.beside.read_text() == "half\n"
    folder.beside.unlink()
    outcome = write(made(None), folder.path)
    assert outcome.ok
    assert folder.file.exists() != gone


def test_an_edit_that_is_not_utf8(folder: Folder) -> None:
    mine = TEXT.encode().replace(b"two", b"\xff\xfe")
    folder.file.write_bytes(mine)
    outcome = folder.generate("five", "FIVE")
    assert codes(outcome.findings) == ["A2D604"]
    assert "not UTF-8" in outcome.findings[0].message
    assert folder.file.read_bytes() == mine
    assert folder.beside.read_text() == folder.generated


@pytest.mark.parametrize("how", ["deleted", "edited"])
def test_without_what_was_written_before(folder: Folder, how: str) -> None:
    if how == "deleted":
        shutil.rmtree(folder.path / STORE)
    else:
        (folder.path / written(FILE)).write_text("something else\n")
    folder.edit("two", "zwei")
    mine = folder.file.read_text()
    outcome = folder.generate("five", "FIVE")
    assert codes(outcome.findings) == ["A2D604"]
    assert "not known" in outcome.findings[0].message
    assert folder.file.read_text() == mine
    assert folder.beside.read_text().count(MINE) == 2
    folder.beside.unlink()
    assert codes(folder.generate("eight", "EIGHT").findings) == ["A2D608"]


def test_copies_that_are_missing_are_made(folder: Folder) -> None:
    shutil.rmtree(folder.path / STORE)
    assert {item.path for item in check(made(), folder.path)} == {ATTRIBUTES_FILE, written(FILE), written("a")}
    outcome = write(made(), folder.path)
    assert (outcome.written, outcome.findings) == ((), ())
    assert check(made(), folder.path) == []


# --- Python ----------------------------------------------------------------------------------------------------------

MODULE = """\
import json
import os


def first():
    return json.dumps({})


def second():
    return 2


DATA = [
    1,
    2,
    3,
    4,
]

LAST = first()
"""


@pytest.mark.parametrize(
    ("mine", "theirs", "reason"),
    [
        # Each alone is fine, and the lines are apart.
        (("LAST = first()", "LAST = first()\nSEP = os.sep"), ("import os\n", ""), "os is not defined"),
        (
            ("import json\n", "import json\n\n\ndef third():\n    pass\n\n\n"),
            ("LAST = first()", "LAST = first()\n\n\ndef third():\n    return 3"),
            "third is defined twice",
        ),
        (("DATA = [", "DATA = (", "]", ")"), ("    3,\n", "]\nMORE = [\n    3,\n"), "it is not valid Python"),
    ],
)
def test_what_would_not_load_is_a_conflict(
    tmp_path: Path, mine: tuple[str, str], theirs: tuple[str, str], reason: str
) -> None:
    path = "p/assets.py"
    write(made(MODULE, path), tmp_path / "out")
    file = tmp_path / "out" / path
    file.write_text(changed(MODULE, *mine))
    outcome = write(made(changed(MODULE, *theirs), path), tmp_path / "out")
    assert outcome.conflicts == (path,)
    assert outcome.findings[0].message.endswith(f": merged, {reason}.")
    assert file.read_text() == changed(MODULE, *mine)
    assert MINE in (tmp_path / "out" / f"{path}{BESIDE}").read_text()


def test_python_that_loads_is_merged(tmp_path: Path) -> None:
    path = "p/assets.py"
    write(made(MODULE, path), tmp_path / "out")
    (tmp_path / "out" / path).write_text(changed(MODULE, "LAST = first()", "LAST = os.sep"))
    assert write(made(changed(MODULE, "return 2", "return 3"), path), tmp_path / "out").merged == (path,)
    namespace: dict[str, Any] = {}
    exec((tmp_path / "out" / path).read_text(), namespace)
    assert (namespace["second"](), namespace["LAST"]) == (3, "/")


# --- files that come and go ------------------------------------------------------------------------------------------


def test_a_deleted_file_comes_back_and_is_told(folder: Folder) -> None:
    folder.file.unlink()
    outcome = folder.generate("five", "FIVE")
    assert codes(outcome.findings) == ["A2D610"]
    assert folder.file.read_text() == folder.generated


def test_an_emptied_file_stays_empty(folder: Folder) -> None:
    folder.file.write_text("")
    assert folder.generate().findings == ()
    assert codes(folder.generate("five", "FIVE").findings) == ["A2D604"]
    assert folder.file.read_text() == ""


def test_no_longer_generated(folder: Folder) -> None:
    folder.edit("two", "zwei")
    for _ in range(2):
        outcome = write(made(None), folder.path)
        assert (outcome.ok, codes(outcome.findings)) == (True, ["A2D609"])
        assert outcome.kept == (FILE,)
    assert check(made(None), folder.path) == []
    # Generated again, it has a base still.
    assert codes(folder.generate("five", "FIVE").findings) == ["A2D608"]
    assert folder.file.read_text() == changed(TEXT, "two", "zwei", "five", "FIVE")


def test_no_longer_generated_and_not_edited(folder: Folder) -> None:
    outcome = write(made(None), folder.path)
    assert (outcome.findings, outcome.removed) == ((), (FILE,))
    assert not folder.file.exists()
    assert not (folder.path / written(FILE)).exists()


def test_no_longer_generated_while_a_conflict_waits(folder: Folder) -> None:
    conflict(folder)
    outcome = write(made(None), folder.path)
    assert codes(outcome.findings) == ["A2D609"]
    assert not folder.beside.exists()
    assert "zwei" in folder.file.read_text()


# --- the folder ------------------------------------------------------------------------------------------------------


def test_check_says_what_writing_would_do(folder: Folder) -> None:
    folder.edit("two", "zwei")
    before = everything(folder.path)
    assert check(made(changed(TEXT, "five", "FIVE")), folder.path) == [
        Difference(FILE, "merged"),
        Difference("migration.json", "changed"),
    ]
    assert check(made(changed(TEXT, "two", "deux")), folder.path) == [
        Difference(FILE, "edited"),
        Difference("migration.json", "changed"),
    ]
    assert everything(folder.path) == before


def test_the_same_bytes_by_every_way(folder: Folder, tmp_path: Path) -> None:
    folder.generate("five", "FIVE")
    write(made(folder.generated), tmp_path / "fresh")
    assert everything(folder.path) == everything(tmp_path / "fresh")


def test_what_is_not_ours_in_the_store(folder: Folder, tmp_path: Path) -> None:
    (folder.path / STORE / "notes").write_text("mine\n")
    outcome = folder.generate("five", "FIVE")
    assert outcome.findings == ()
    assert (folder.path / STORE / "notes").read_text() == "mine\n"
    # Through a link it would write elsewhere.
    (tmp_path / "elsewhere").mkdir()
    shutil.rmtree(folder.path / STORE / "written")
    (folder.path / STORE / "written").symlink_to(tmp_path / "elsewhere")
    assert codes(write(made(), folder.path).findings) == ["A2D602"]
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_store_without_a_record_is_somebody_elses(tmp_path: Path) -> None:
    (tmp_path / "out" / STORE).mkdir(parents=True)
    (tmp_path / "out" / STORE / "x").write_text("mine\n")
    assert codes(write(made(), tmp_path / "out").findings) == ["A2D602"]


@pytest.mark.parametrize("failing", range(1, 12))
def test_a_failure_at_any_move_of_a_merge(folder: Folder, failing: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """One file is merged, another in conflict."""
    assert write(made(b=TEXT), folder.path).ok
    folder.edit("two", "zwei")
    (folder.path / "b").write_text(changed(TEXT, "two", "zwei"))
    before = everything(folder.path)
    moves = 0
    real = transaction_module.os.replace

    def replace(source: Any, target: Any) -> None:
        nonlocal moves
        moves += 1
        if moves == failing:
            raise OSError(28, "No space left on device")
        real(source, target)

    project = made(changed(TEXT, "five", "FIVE"), b=changed(TEXT, "two", "deux"))
    with monkeypatch.context() as patch:
        patch.setattr(transaction_module.os, "replace", replace)
        outcome = write(project, folder.path)
    if failing <= 8:
        assert (outcome.ok, codes(outcome.findings)) == (False, ["A2D603"])
        assert everything(folder.path) == before
    else:
        assert moves == 8
        assert codes(outcome.findings) == ["A2D604", "A2D608"]


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_branches_merge_and_copies_stay_out_of_diffs(folder: Folder) -> None:
    """Two branches that both converted: git merges the copies as it merges the files."""

    def git(*arguments: str) -> str:
        settings = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]
        done = subprocess.run(
            ["git", *settings, *arguments], cwd=folder.path, capture_output=True, text=True, check=True
        )
        return done.stdout

    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "one")
    git("checkout", "-qb", "other")
    write(made(changed(TEXT, "six", "SIX")), folder.path)
    git("commit", "-qam", "six")
    shown = git("show")
    assert shown.count("+SIX") == 1
    git("checkout", "-q", "main")
    write(made(changed(TEXT, "one", "ONE")), folder.path)
    git("commit", "-qam", "one")
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b", "merge", "-q", "other"], cwd=folder.path, check=False,
        capture_output=True,
    )  # fmt: skip
    both = changed(TEXT, "one", "ONE", "six", "SIX")
    assert (folder.path / written(FILE)).read_text() == folder.file.read_text() == both
    # The hashes in migration.json are what conflicts: either side of it will do.
    git("checkout", "--theirs", "migration.json")
    assert json.loads((folder.path / "migration.json").read_text())
    outcome = write(made(both), folder.path)
    assert (outcome.ok, outcome.findings) == (True, ())
    assert check(made(both), folder.path) == []
