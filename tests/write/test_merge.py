"""Merging three ways: both sides' changes, and where they meet a place that is marked."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.write.merge import BASE, MIDDLE, MINE, THEIRS, fault, merge

NUMBERS = "".join(f"{n}\n" for n in range(1, 10))
LINES = st.lists(st.sampled_from(["a", "b", "c", "d", ")", ""]), max_size=12).map("\n".join)


def test_changes_apart_from_each_other() -> None:
    mine = NUMBERS.replace("2\n", "two\n").replace("9\n", "9\nmine\n")
    theirs = NUMBERS.replace("5\n", "").replace("7\n", "7\ntheirs\n")
    result = merge(NUMBERS, mine, theirs)
    assert (result.text, result.conflicts) == ("1\ntwo\n3\n4\n6\n7\ntheirs\n8\n9\nmine\n", 0)


def test_a_place_that_both_changed() -> None:
    result = merge("1\n2\n3\n", "1\nx\nmine\n3\n", "1\nx\ntheirs\n3\n")
    assert result.conflicts == 1
    assert result.text.splitlines() == ["1", "x", MINE, "mine", BASE, "2", MIDDLE, "theirs", THEIRS, "3"]


def test_lines_beside_each_other_are_one_place() -> None:
    assert merge("1\n2\n3\n4\n", "1\nmine\n3\n4\n", "1\n2\ntheirs\n4\n").conflicts == 1


def test_both_did_the_same() -> None:
    assert merge("1\n2\n3\n4\n5\n", "1\nx\n3\n4\nmine\n", "1\nx\n3\n4\n5\n").text == "1\nx\n3\n4\nmine\n"


def test_one_took_away_what_the_other_changed() -> None:
    assert merge("1\n2\n3\n", "1\n3\n", "1\ntwo\n3\n").conflicts == 1


def test_without_a_base_every_difference_is_marked() -> None:
    result = merge(None, "1\nmine\n3\n4\n", "1\n3\n4\ntheirs\n")
    assert result.text.splitlines() == ["1", MINE, "mine", MIDDLE, THEIRS, "3", "4", MINE, MIDDLE, "theirs", THEIRS]
    assert merge(None, "1\n", "1\n").conflicts == 0
    assert merge(None, "1", "2").conflicts == 1


@pytest.mark.parametrize(("mine", "theirs"), [("1\n2", "0\n1\n2\n"), ("1\n2\n", "0\n1\n2")])
def test_the_end_of_the_last_line(mine: str, theirs: str) -> None:
    base = "1\n2\n"
    result = merge(base, mine, theirs)
    assert (result.text, result.conflicts) == ("0\n1\n2", 0)


@given(LINES, LINES, LINES)
def test_what_only_one_changed_is_taken(base: str, mine: str, theirs: str) -> None:
    assert merge(base, mine, base).text == mine
    assert merge(base, base, theirs).text == theirs
    assert merge(base, mine, mine).text == mine
    result = merge(base, mine, theirs)
    assert result.conflicts == merge(base, theirs, mine).conflicts
    allowed = {*mine.split("\n"), *theirs.split("\n"), *base.split("\n"), MINE, BASE, MIDDLE, THEIRS, ""}
    assert allowed.issuperset(result.text.split("\n"))
    if not result.conflicts:
        # What only one side took away is gone, what only one side brought is there.
        for line in "abcd":
            if base.count(line) == theirs.count(line) == 0:
                assert result.text.count(line) == mine.count(line)


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git to compare with")
@given(data=st.data())
def test_as_git_merges(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    """On lines that occur once there is one right answer, and git has it."""
    base = [f"line {n}" for n in range(12)]

    def changed(side: str) -> list[str]:
        lines = list(base)
        for number in sorted(data.draw(st.sets(st.integers(0, 11), max_size=3)), reverse=True):
            kind = data.draw(st.sampled_from(["replace", "remove", "insert"]))
            new = {"replace": [f"{side} {number}"], "remove": [], "insert": [f"{side} {number}", lines[number]]}[kind]
            lines[number : number + 1] = new
        return lines

    texts = ["".join(f"{line}\n" for line in lines) for lines in (changed("mine"), base, changed("theirs"))]
    mine, former, theirs = texts
    folder = tmp_path_factory.mktemp("git")
    names = ["mine", "base", "theirs"]
    for name, text in zip(names, texts, strict=True):
        (folder / name).write_text(text)
    labels = [part for name in ("edited", "written before", "generated now") for part in ("-L", name)]
    done = subprocess.run(
        ["git", "merge-file", "-p", "--zdiff3", *labels, *names],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    result = merge(former, mine, theirs)
    assert (result.text, result.conflicts > 0) == (done.stdout, done.returncode > 0)


def test_a_large_file_takes_no_time() -> None:
    def module(tasks: int, body: str) -> list[str]:
        return [
            line
            for n in range(tasks)
            for line in ("@dg.asset(", f'    key=["big", "t{n}"],', ")", f"def t{n}() -> None:", f"    {body}", "", "")
        ]

    base = module(10_000, "pass")
    mine, theirs = list(base), list(base)
    mine[4::700] = ["    return None"] * len(mine[4::700])
    theirs[354::700] = ["    raise NotImplementedError"] * len(theirs[354::700])
    started = time.perf_counter()
    result = merge("\n".join(base), "\n".join(mine), "\n".join(theirs))
    assert time.perf_counter() - started < 20
    assert result.conflicts == 0
    assert result.text.count("return None") == result.text.count("raise") == 100


@pytest.mark.parametrize(
    ("merged", "reason"),
    [
        ("import os\n\nx = os.sep\n", None),
        ("x = (\n", "it is not valid Python"),
        ("x = '\0'\n", "it is not valid Python"),
        ("x = os.sep\n", "the name os is not defined"),
        ("def f(): ...\ndef f(): ...\n", "f is defined twice"),
        ("\ufeffx = 1\n", None),
        (r"x = '\d'" + "\n", None),
    ],
)
def test_what_keeps_a_merge_from_loading(merged: str, reason: str | None) -> None:
    found = fault(merged, "import os\n", "")
    assert (found or "").replace("the name ", "") == (reason or "").replace("the name ", "")
    # Whatever the person's own file has already is no fault of the merge.
    assert fault("x = undefined\n", "x = undefined\n", "") is None


def test_module_is_utf8(tmp_path: Path) -> None:
    assert merge("ä\nb\nc\n", "ä\nb\nü\n", "é\nb\nc\n").text == "é\nb\nü\n"
