"""Paths made from `__file__`, as they are found in code and as the interpreter computes with them."""

from __future__ import annotations

import ast
from pathlib import PurePosixPath

import pytest

from migrator.own_files import own_places, paths_in
from migrator.read import folders
from migrator.source import SourceFile

FILE = "jobs/daily/load.py"


def source(text: str) -> SourceFile:
    return SourceFile(FILE, "jobs.daily.load", text)


@pytest.mark.parametrize(
    ("text", "path", "known"),
    [
        ("open(Path(__file__).parent / 'a' / 'b.csv')", "jobs/daily/a/b.csv", True),
        ("open(os.path.join(os.path.dirname(__file__), '..', 'b.csv'))", "jobs/b.csv", True),
        ("open(f'{HERE}/sql/{name}.sql')", "jobs/sql", False),
        ("open(f'{HERE}/sql/all.sql')", "jobs/sql/all.sql", True),
        ("open(HERE / name)", "jobs", False),
        ("open(HERE + '/x.txt')", "jobs/x.txt", True),
        ("Path(__file__).resolve().parents[2].joinpath('x')", "x", True),
        ("open(Path(__file__).with_name('x.json'))", "jobs/daily/x.json", True),
        ("dirname(dirname(dirname(dirname(__file__)))) + '/x'", "../x", True),
        ("read('x.sql', __file__)", "jobs/daily", False),
        ("glob(str(Path(__file__).parent))", "jobs/daily", True),
    ],
)
def test_what_code_reaches(text: str, path: str, known: bool) -> None:
    (found,) = paths_in(ast.parse(text), source(text), {"HERE": "jobs"})
    assert (found.path, found.known) == (path, known)


@pytest.mark.parametrize(
    "text",
    ["HERE = Path(__file__).parents[1]", "name = os.path.basename(__file__)", "print(Path(__file__).stem)", "HERE = 1"],
)
def test_a_folder_that_is_named_and_the_name_of_the_file_reach_nothing(text: str) -> None:
    assert not paths_in(ast.parse(text), source(text), {"HERE": "jobs"})


def test_places_are_found_without_what_is_joined_to_them() -> None:
    text = "é = Path(__file__).parent / 'x'\ny = os.path.join(os.path.dirname(__file__), 'x')\nz = __file__"
    found = [
        (text.split("\n")[p.span.line - 1][p.span.column : p.span.end_column], p.path) for p in own_places(source(text))
    ]
    assert sorted(found) == [
        ("Path(__file__).parent", "jobs/daily"),
        ("__file__", FILE),
        ("os.path.dirname(__file__)", "jobs/daily"),
    ]


def test_above_the_folder_that_was_given() -> None:
    path = PurePosixPath(folders.absolute(FILE))
    assert [folders.relative(str(p)) for p in folders.parents(path)[:5]] == ["jobs/daily", "jobs", ".", "..", "../.."]
    assert folders.relative(folders.normal(f"{folders.ROOT}/../a/./b")) == "../a/b"
    assert folders.dirname("/usr/lib") == "/usr"
