"""Which files are DAG files."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from migrator.read.discover import IgnoreSyntax, decode, discover, module_name

DAG = "from airflow import DAG\n"


def names(root: Path, ignore: IgnoreSyntax = "both") -> list[str]:
    return [source.file for source in discover(root, ignore)[0]]


def write(root: Path, *files: str, text: str = DAG) -> None:
    for name in files:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def test_what_mentions_dag_and_airflow(tmp_path: Path) -> None:
    write(tmp_path, "b.py", "a/c.py", "a/__init__.py", "note.txt", ".hidden/x.py", "__pycache__/x.py", "venv/x.py")
    write(tmp_path, "upper.py", text="# AIRFLOW DAG")
    write(tmp_path, "helper.py", text="import airflow")
    write(tmp_path, "odd/pyvenv.cfg", "odd/lib.py")
    assert names(tmp_path) == ["a/__init__.py", "a/c.py", "b.py", "upper.py"]
    assert [s.module for s in discover(tmp_path)[0]] == ["a", "a.c", "b", "upper"]


def test_one_file(tmp_path: Path) -> None:
    write(tmp_path, "x.py", text="nothing")
    assert names(tmp_path / "x.py") == ["x.py"]


def test_nothing_there(tmp_path: Path) -> None:
    sources, findings = discover(tmp_path / "gone")
    assert (sources, [f.code for f in findings]) == ([], ["A2D003"])


IGNORED = [
    ("regexp", "helpers\n.*_test\\.py$ # tests\n# a comment\n[", ["dags/keep.py", "keep.py"]),
    ("glob", "helpers/\n*_test.py\n# a comment", ["dags/keep.py", "keep.py"]),
    ("glob", "*\n!keep.py", ["keep.py"]),
    ("glob", "/keep.py\ndags/**", ["a_test.py", "helpers/h.py"]),
    ("glob", "**/keep.py", ["a_test.py", "dags/b_test.py", "helpers/h.py"]),
    ("glob", "[ah]*", ["dags/b_test.py", "dags/keep.py", "keep.py"]),
    ("both", "helpers/*\n.*_test\\.py", ["dags/keep.py", "keep.py"]),
    ("both", "helpers\n*_test.py", ["dags/keep.py", "keep.py"]),
]


@pytest.mark.parametrize(("syntax", "text", "expected"), IGNORED)
def test_airflowignore(tmp_path: Path, syntax: IgnoreSyntax, text: str, expected: list[str]) -> None:
    write(tmp_path, "keep.py", "a_test.py", "helpers/h.py", "dags/keep.py", "dags/b_test.py")
    (tmp_path / ".airflowignore").write_text(text)
    assert names(tmp_path, syntax) == expected


def test_airflowignore_of_a_folder_is_about_that_folder(tmp_path: Path) -> None:
    write(tmp_path, "x.py", "a/x.py", "a/b/x.py")
    (tmp_path / "a" / ".airflowignore").write_text("x.py")
    assert names(tmp_path) == ["x.py"]


def test_links_in_a_circle(tmp_path: Path) -> None:
    write(tmp_path, "a/x.py")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    (tmp_path / "broken.py").symlink_to(tmp_path / "gone.py")
    assert names(tmp_path) == ["a/x.py"]


def test_encodings(tmp_path: Path) -> None:
    (tmp_path / "bom.py").write_bytes(b"\xef\xbb\xbf# airflow dag \xc3\xa4")
    (tmp_path / "latin.py").write_bytes(b"# -*- coding: latin-1 -*-\n# airflow dag \xe4")
    (tmp_path / "bad.py").write_bytes(b"# airflow dag \xe4")
    (tmp_path / "odd.py").write_bytes(b"# coding: klingon\n# airflow dag")
    (tmp_path / "rot.py").write_bytes(b"# coding: rot13\n# airflow dag")
    (tmp_path / "crlf.py").write_bytes(b"# airflow\r\n# dag\r\n")
    sources, findings = discover(tmp_path)
    assert {s.file: s.text for s in sources} == {
        "bom.py": "# airflow dag ä",
        "latin.py": "# -*- coding: latin-1 -*-\n# airflow dag ä",
        "crlf.py": "# airflow\r\n# dag\r\n",
    }
    assert [(f.code, f.span and f.span.file) for f in findings] == [
        ("A2D002", "bad.py"),
        ("A2D002", "odd.py"),
        ("A2D002", "rot.py"),
    ]


def test_too_large(tmp_path: Path) -> None:
    (tmp_path / "big.py").write_bytes(b"#" * 6_000_000)
    assert [f.code for f in discover(tmp_path)[1]] == ["A2D004"]


def test_zips(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("top.py", DAG)
        archive.writestr("pkg/inner.py", DAG)
        archive.writestr("other.py", "x = 1")
    (tmp_path / "not.zip").write_bytes(b"airflow dag")
    (source,) = discover(tmp_path)[0]
    assert (source.file, source.module, source.text) == ("z.zip/top.py", "top", DAG)


def test_names() -> None:
    assert module_name("a/b/__init__.py") == "a.b"
    assert isinstance(decode(b"\xff"), UnicodeDecodeError | SyntaxError)


@pytest.mark.parametrize("base", ["BaseXCom", "xcom.BaseXCom"])
def test_an_xcom_backend_is_told_of(base: str, tmp_path: Path) -> None:
    """It need not be a DAG file: Airflow's configuration names it, and no DAG file does."""
    text = (
        f"from airflow.models import xcom\nfrom airflow.models.xcom import BaseXCom\n\n\nclass InBucket({base}): ...\n"
    )
    write(tmp_path, "plugins/backend.py", text=text + "class Other(BaseXComs): ...\n")
    write(tmp_path, "plugins/broken.py", text="class Broken(BaseXCom\n")
    sources, findings = discover(tmp_path)
    assert sources == []
    assert [(f.code, f.span and (f.span.file, f.span.line)) for f in findings] == [
        ("A2D511", ("plugins/backend.py", 5))
    ]
    assert "`InBucket`" in findings[0].message
