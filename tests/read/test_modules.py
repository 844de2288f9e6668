"""Which file an import means."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrator.airflow_model import Symbol
from migrator.read.modules import ModuleFinder
from migrator.read.objects import UserModule

from .recording import Run, run


def project(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def go(root: Path, files: dict[str, str], main: str = "dags/main.py") -> Run:
    project(root, files)
    return run(files[main], root, file=main)


def test_folders_in_order(tmp_path: Path) -> None:
    finder = ModuleFinder(
        project(
            tmp_path,
            {
                "dags/sub/near.py": "",
                "dags/common/__init__.py": "",
                "dags/common/util.py": "",
                "plugins/operators/mine.py": "",
                "include/sql.py": "",
                "top.py": "",
                "common/util.py": "",
            },
        )
    )
    for dotted, file in {
        "near": "dags/sub/near.py",
        "common.util": "dags/common/util.py",
        "common": "dags/common/__init__.py",
        "operators.mine": "plugins/operators/mine.py",
        "plugins.operators.mine": "plugins/operators/mine.py",
        "sql": "include/sql.py",
        "top": "top.py",
        "dags.common.util": "dags/common/util.py",
    }.items():
        found = finder.find(dotted, "dags/sub/main.py")
        assert found is not None, dotted
        assert found.source is not None, dotted
        assert found.source.file == file
    assert finder.find("nowhere", "dags/sub/main.py") is None
    assert finder.find("os.path", "dags/sub/main.py") is None


def test_extra_paths(tmp_path: Path) -> None:
    project(tmp_path, {"repo/dags/main.py": "", "shared/lib/tool.py": "x = 1"})
    found = ModuleFinder(tmp_path / "repo", [tmp_path / "shared"]).find("lib.tool", "dags/main.py")
    assert found is not None
    assert found.source is not None
    assert found.source.file == "@shared/lib/tool.py"


def test_nothing_outside(tmp_path: Path) -> None:
    project(tmp_path, {"repo/main.py": "", "out/secret.py": "x = 1"})
    (tmp_path / "repo" / "link.py").symlink_to(tmp_path / "out" / "secret.py")
    finder = ModuleFinder(tmp_path / "repo")
    assert finder.find("link", "main.py") is None
    assert finder.read("../out/secret.py") is None
    assert finder.read(str(tmp_path / "out" / "secret.py")) is None
    assert finder.read("main.py") == b""


def test_imports(tmp_path: Path) -> None:
    result = go(
        tmp_path,
        {
            "dags/main.py": """\
import pkg.a
from pkg import b as bee, VALUE
from pkg.sub.c import *
from helper import late
import helper as h
x = (pkg.a.n, bee.n, VALUE, c1, h.count, late)
""",
            "dags/pkg/__init__.py": "VALUE = 'v'\nfrom .a import n as from_a\n",
            "dags/pkg/a.py": "n = 1\n",
            "dags/pkg/b.py": "from . import a\nfrom .a import n as m\nfrom ..helper import count\nn = a.n + m\n",
            "dags/pkg/sub/c.py": "from ..a import n\n__all__ = ['c1']\nc1 = n + 10\nc2 = 0\n",
            "dags/helper.py": "count = 5\nlate = 'late'\n",
        },
    )
    assert not result.findings
    assert result["x"] == (1, 2, "v", 11, 5, "late")
    assert "c2" not in result.module.namespace
    assert isinstance(result["h"], UserModule)
    assert set(result.module.imports) >= {"pkg.a", "pkg", "pkg.sub.c", "helper"}
    assert "dags/helper.py" in result.host.finished


def test_each_file_runs_once_and_cycles_end(tmp_path: Path) -> None:
    result = go(
        tmp_path,
        {
            "main.py": "import a, b\nfrom lib import Op\nx = (a.y, b.z())\n",
            "a.py": "from lib import Op\nOp('a')\nimport b\ny = 1\n",
            "b.py": "import a\ndef z():\n    return a.y\n",
        },
        "main.py",
    )
    assert not result.findings
    assert result["x"] == (1, 1)
    assert [t.id for t in result.host.things] == ["a"]


def test_a_cycle_of_names_fails_as_in_python(tmp_path: Path) -> None:
    result = go(
        tmp_path,
        {"main.py": "import a", "a.py": "from b import y\nx = 1\n", "b.py": "from a import x\ny = 1\n"},
        "main.py",
    )
    assert result.codes == ["A2D008"]
    assert "ImportError" in result.findings[0].message


def test_a_module_of_a_librarys_name(tmp_path: Path) -> None:
    result = go(
        tmp_path, {"clickhouse.py": "from clickhouse import Client\nx = Client", "json.py": "x = 1"}, "clickhouse.py"
    )
    assert result["x"] == Symbol("clickhouse.Client")
    assert "dumps" in run("import json\nx = json", tmp_path)["x"].names


def test_errors_in_a_helper(tmp_path: Path) -> None:
    result = go(
        tmp_path,
        {
            "main.py": """\
try:
    import bad
except ValueError:
    x = 1
import broken
y = broken.z
import missing.name
""",
            "bad.py": "raise ValueError",
            "broken.py": "(",
        },
        "main.py",
    )
    assert result["x"] == 1
    assert result.codes == ["A2D001", "A2D013"]


def test_dynamic_imports(tmp_path: Path) -> None:
    result = go(
        tmp_path,
        {
            "main.py": "import importlib\nm = importlib.import_module('tools.' + 'one')\nx = m.n + __import__('two').n",
            "tools/one.py": "n = 1",
            "two.py": "n = 2",
        },
        "main.py",
    )
    assert result["x"] == 3


@pytest.mark.parametrize("name", ["x\0", "a" * 5000, "..", "/etc/passwd"])
def test_strange_paths(tmp_path: Path, name: str) -> None:
    assert ModuleFinder(tmp_path).read(name) is None


def test_airflow_home_paths_are_looked_up_in_the_folders(tmp_path: Path) -> None:
    project(tmp_path, {"sql/a.sql": "select 1"})
    assert ModuleFinder(tmp_path).read("/opt/airflow/dags/sql/a.sql") == b"select 1"


def test_a_package_may_import_itself(tmp_path: Path) -> None:
    result = go(
        tmp_path,
        {
            "dags/main.py": "from dags.common.slack import send\nx = send",
            "dags/common/__init__.py": "from dags.common import slack\nfrom . import other\n",
            "dags/common/slack.py": "send = 1",
            "dags/common/other.py": "",
        },
    )
    assert not result.findings
    assert result["x"] == 1
