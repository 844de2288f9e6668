"""What is wrong with input and output: a clear message with its place, the documented exit code, the rest converted.

Everything goes through the real command, in a process of its own.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

GOOD = """\
from airflow.sdk import DAG
from airflow.providers.standard.operators.bash import BashOperator

with DAG("good", schedule=None):
    BashOperator(task_id="hello", bash_command="echo hello")
"""
HEAD = """\
from airflow.sdk import DAG
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator
"""
TIMEOUT = 600
"""Seconds after which a command is taken to hang."""


@dataclass(frozen=True)
class Done:
    """A finished command."""

    code: int
    out: str
    err: str

    @property
    def findings(self) -> list[dict[str, object]]:
        found: list[dict[str, object]] = json.loads(self.out)["findings"]
        return found

    def of(self, code: str) -> list[dict[str, object]]:
        """The findings of one code."""
        return [f for f in self.findings if f["code"] == code]

    def places(self, code: str) -> list[tuple[object, object]]:
        return [(f["file"], f["line"]) for f in self.of(code)]


def migrate(*arguments: object, cwd: Path | None = None, json_: bool = True) -> Done:
    command = [sys.executable, "-m", "migrator", *map(str, arguments), *(["--format", "json"] if json_ else [])]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False, cwd=cwd)
    assert "Traceback" not in done.stderr, done.stderr
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def dags(tmp_path: Path) -> Path:
    """A folder with one good DAG file."""
    folder = tmp_path / "dags"
    folder.mkdir()
    (folder / "good.py").write_text(GOOD)
    return folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "defs"


def converted(out: Path) -> set[str]:
    """The DAGs that are in the output, each with the code for it."""
    record = json.loads((out / "migration.json").read_text())
    found = {dag["dag_id"] for dag in record["dags"] if dag["module"]}
    assert all((out / dag["module"]).is_file() for dag in record["dags"] if dag["module"])
    return found


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


# --- nothing to read -------------------------------------------------------------------------------------------------


def test_a_missing_path(tmp_path: Path, out: Path) -> None:
    done = migrate(tmp_path / "nowhere", "--out", out)
    assert (done.code, done.out) == (2, "")
    assert f"'{tmp_path / 'nowhere'}' does not exist" in done.err
    assert not out.exists()


def test_a_folder_without_dags(tmp_path: Path, out: Path) -> None:
    (tmp_path / "dags").mkdir()
    (tmp_path / "dags/helper.py").write_text("x = 1\n")
    done = migrate(tmp_path / "dags", "--out", out)
    assert done.code == 1
    assert [f["code"] for f in done.findings] == ["A2D007"]
    assert not out.exists()
    text = migrate(tmp_path / "dags", "--out", out, json_=False)
    assert "Nothing written: no DAG was found" in text.out


def test_a_wrong_path_does_not_empty_a_project(dags: Path, tmp_path: Path, out: Path) -> None:
    migrate(dags, "--out", out)
    before = files(out)
    (tmp_path / "empty").mkdir()
    done = migrate(tmp_path / "empty", "--out", out)
    assert done.code == 1
    assert files(out) == before


def test_an_empty_file_and_a_helper_are_no_dag_files(dags: Path, out: Path) -> None:
    (dags / "empty.py").write_text("")
    (dags / "helper.py").write_text("# for airflow dags\nx = 1\n")
    done = migrate(dags, "--out", out)
    assert done.code == 0
    assert done.places("A2D006") == [("helper.py", 1)]
    assert converted(out) == {"good"}


def test_an_empty_file_given_by_name(tmp_path: Path, out: Path) -> None:
    (tmp_path / "empty.py").write_text("")
    done = migrate(tmp_path / "empty.py", "--out", out)
    assert done.code == 0
    assert [f["code"] for f in done.findings] == ["A2D006"]
    assert not out.exists()


# --- files that cannot be read --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "code", "line"),
    [
        ("prose.py", b"The dag of airflow is not Python.\n", "A2D001", 1),
        ("syntax.py", b"from airflow import DAG\nwith DAG('x'):\n    task(\n", "A2D001", 3),
        ("indent.py", b"from airflow import DAG\nif 1:\nx\n", "A2D001", 3),
        ("old.py", b"from airflow import DAG\nprint 'python 2'\n", "A2D001", 2),
        ("latin.py", "from airflow import DAG  # für\n".encode("latin-1"), "A2D002", 1),
        ("codec.py", b"# -*- coding: nonsense -*-\nfrom airflow import DAG\n", "A2D002", 1),
        ("binary.py", b"\x00\x01dag airflow\xff\xfe", "A2D002", 1),
        ("nul.py", b"from airflow import DAG\nx = '\x00'\n", "A2D001", None),
        ("large.py", b"from airflow import DAG\n" + b"x = 1\n" * 900_000, "A2D004", 1),
        ("archive.zip", b"PK\x05\x06 no archive, dag airflow", "A2D003", 1),
    ],
)
def test_a_file_that_cannot_be_read(
    dags: Path, out: Path, name: str, content: bytes, code: str, line: int | None
) -> None:
    (dags / name).write_bytes(content)
    done = migrate(dags, "--out", out)
    assert done.code == 1
    assert [f["file"] for f in done.of(code)] == [name]
    assert line is None or done.places(code) == [(name, line)]
    assert converted(out) == {"good"}


def test_a_syntax_error_is_shown_at_its_place(dags: Path) -> None:
    (dags / "syntax.py").write_text("from airflow import DAG\nwith DAG('x') as dag\n    pass\n")
    text = migrate(dags, json_=False).out
    assert re.search(rf"^{re.escape(str(dags))}/syntax\.py:2:\d+: error A2D001 \[syntax-error\] ", text, re.M)
    assert "2 | with DAG('x') as dag" in text


def test_a_large_file_that_is_one_dag_file_is_read(dags: Path, out: Path) -> None:
    """Just below the bound: a table of data in a DAG file."""
    table = "".join(f'    ("row {n}", {n}),\n' for n in range(150_000))
    (dags / "table.py").write_text(f'{HEAD}ROWS = [\n{table}]\nwith DAG("table"):\n    EmptyOperator(task_id="a")\n')
    assert (dags / "table.py").stat().st_size > 3_900_000
    done = migrate(dags, "--out", out)
    assert converted(out) >= {"good"}
    assert "table" in converted(out) or "table.py" in {f["file"] for f in done.findings}


def test_python_that_nests_too_deeply(dags: Path, out: Path) -> None:
    (dags / "deep.py").write_text(f"{HEAD}x = {'(' * 5000}1{')' * 5000}\n")
    (dags / "sum.py").write_text(f"{HEAD}x = {'1 + ' * 20000}1\nwith DAG('sum'):\n    EmptyOperator(task_id='a')\n")
    (dags / "attribute.py").write_text(f"{HEAD}x = a{'.b' * 20000}\n")
    done = migrate(dags, "--out", out)
    assert converted(out) >= {"good"}
    assert {f["file"] for f in done.findings} >= {"deep.py", "attribute.py"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(dags: Path, out: Path) -> None:
    (dags / "secret.py").write_text(GOOD)
    (dags / "secret.py").chmod(0)
    done = migrate(dags, "--out", out)
    assert done.code == 1
    assert done.places("A2D003") == [("secret.py", 1)]


def test_links_that_lead_nowhere_or_round(dags: Path, out: Path) -> None:
    (dags / "broken.py").symlink_to(dags / "gone.py")
    (dags / "round").symlink_to(dags)
    (dags / "self.py").symlink_to(dags / "self.py")
    os.mkfifo(dags / "pipe.py")
    done = migrate(dags, "--out", out)
    assert done.code == 0
    assert converted(out) == {"good"}


# --- files that would not end, or would fail ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "loop",
    [
        "while True:\n    pass\n",
        "n = 0\nwhile True:\n    n += 1\n",
        "for a in range(10**9):\n    for b in range(10**9):\n        pass\n",
        "def f(n):\n    return f(n + 1)\nf(0)\n",
        "x = [0]\nfor a in x:\n    x.append(a)\n",
        "x = 'a' * 10**12\n",
        "x = [0] * 10**12\n",
        "x = 9 ** 9 ** 9 ** 9\n",
        "x = 'a'\nfor n in range(100):\n    x = x + x\n",
        "x = list(range(10**12))\n",
        "x = '%1000000000000d' % 1\n",
        "x = f'{1:1000000000000}'\n",
        "import itertools\nx = list(itertools.count())\n",
        "import re\nx = re.match('(a+)+$', 'a' * 60 + 'b')\n",
    ],
)
def test_code_that_does_not_end_is_bounded(dags: Path, out: Path, loop: str) -> None:
    (dags / "loop.py").write_text(f"{HEAD}with DAG('before'):\n    EmptyOperator(task_id='a')\n{loop}")
    started = time.monotonic()
    done = migrate(dags, "--out", out)
    assert time.monotonic() - started < 60
    assert done.code in (0, 1)
    assert converted(out) >= {"good", "before"}


def test_while_true_is_named_with_its_place(dags: Path) -> None:
    (dags / "loop.py").write_text(f"{HEAD}while True:\n    pass\nwith DAG('after'):\n    pass\n")
    assert migrate(dags).places("A2D005") == [("loop.py", 4)]


def test_mutual_imports(dags: Path, out: Path) -> None:
    """`one` is an import error in Airflow too: what it wants of `two` is not there yet."""
    (dags / "one.py").write_text(f"{HEAD}from two import TWO\nwith DAG('one'):\n    EmptyOperator(task_id='a')\n")
    (dags / "two.py").write_text(f"{HEAD}import one\nTWO = 2\nwith DAG('two'):\n    EmptyOperator(task_id='a')\n")
    (dags / "me.py").write_text(f"{HEAD}import me\nwith DAG('me'):\n    EmptyOperator(task_id='a')\n")
    done = migrate(dags, "--out", out)
    assert done.code in (0, 1)
    assert set(done.places("A2D008")) <= {("one.py", 4)}
    assert converted(out) >= {"good", "two", "me"}


def test_a_file_that_raises(dags: Path, out: Path) -> None:
    (dags / "raises.py").write_text(
        f"{HEAD}with DAG('before'):\n    EmptyOperator(task_id='a')\nraise ValueError('no')\n"
    )
    (dags / "divides.py").write_text(f"{HEAD}x = 1 / 0\n")
    done = migrate(dags, "--out", out)
    assert done.code == 1
    assert set(done.places("A2D008")) == {("raises.py", 6), ("divides.py", 4)}
    assert converted(out) >= {"good"}


# --- many, twice, names ----------------------------------------------------------------------------------------------


def test_ten_thousand_tasks(tmp_path: Path, out: Path) -> None:
    (tmp_path / "wide.py").write_text(
        f"{HEAD}with DAG('wide', schedule=None):\n"
        "    last = None\n"
        "    for n in range(10_000):\n"
        "        task = BashOperator(task_id=f'task_{n}', bash_command=f'echo {n}')\n"
        "        if last is not None:\n"
        "            last >> task\n"
        "        last = task\n"
    )
    done = migrate(tmp_path / "wide.py", "--out", out)
    assert done.code == 0
    assert json.loads(done.out)["summary"]["tasks"]["lost"] == 0
    assert sum(json.loads(done.out)["summary"]["tasks"].values()) == 10_000
    assert (out / "airflow_dags/defs/wide/assets.py").read_text().count("@dg.asset(") == 10_000


def test_two_dags_of_one_id(dags: Path, out: Path) -> None:
    (dags / "zz.py").write_text(GOOD)
    (dags / "both.py").write_text(
        f"{HEAD}with DAG('both'):\n    EmptyOperator(task_id='a')\nwith DAG('both'):\n    EmptyOperator(task_id='b')\n"
    )
    done = migrate(dags, "--out", out)
    assert done.code == 1
    assert sorted(done.places("A2D101")) == [("both.py", 6), ("zz.py", 4)]
    assert all(f["related"] for f in done.of("A2D101"))
    assert converted(out) == {"good", "both"}


def test_a_task_id_twice(dags: Path, out: Path) -> None:
    (dags / "twice.py").write_text(
        f"{HEAD}with DAG('twice'):\n"
        "    EmptyOperator(task_id='a')\n"
        "    EmptyOperator(task_id='a')\n"
        "    EmptyOperator(task_id='b')\n"
    )
    done = migrate(dags, "--out", out)
    assert done.code == 1
    assert done.places("A2D404") == [("twice.py", 6)]
    assert converted(out) >= {"good"}


NAMES = (
    "class",
    "None",
    "a-b",
    "a.b",
    "a_b",
    "A_B",
    "1st",
    "größe",
    "context",
    "config",
    "dg",
    "input",
    "job",
    "schedule",
)


def test_names_that_dagster_forbids_or_that_collide(dags: Path, out: Path) -> None:
    (dags / "names.py").write_text(
        f"{HEAD}"
        f"for name in {NAMES!r}:\n"
        "    with DAG(name, schedule=None):\n"
        "        before = EmptyOperator(task_id='first')\n"
        f"        for task in {NAMES!r}:\n"
        "            before >> EmptyOperator(task_id=task)\n"
        "with DAG('resources'):\n    EmptyOperator(task_id='a')\n"
        "with DAG('x/y z:*'):\n    EmptyOperator(task_id='a')\n"
    )
    done = migrate(dags, "--out", out)
    assert converted(out) >= {"good", "resources", *NAMES}
    assert done.code in (0, 1)
    record = json.loads((out / "migration.json").read_text())
    modules = [dag["module"] for dag in record["dags"]]
    assert len({m.casefold() for m in modules}) == len(modules)
    assert loads(out)


def loads(out: Path) -> bool:
    """Whether Dagster loads the project in a process of its own, without Airflow."""
    code = (
        "import sys; sys.modules['airflow'] = None; sys.path.insert(0, '.');"
        "from airflow_dags.definitions import defs; import dagster as dg;"
        "found = defs() if callable(defs) else defs;"
        "dg.Definitions.validate_loadable(found.load_definitions() if hasattr(found, 'load_definitions') else found)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=out, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return True


# --- the output folder -----------------------------------------------------------------------------------------------


def test_out_is_a_file(dags: Path, out: Path) -> None:
    out.write_text("mine")
    done = migrate(dags, "--out", out)
    assert done.code == 1
    assert [f["code"] for f in done.findings if f["severity"] == "error"] == ["A2D602"]
    assert out.read_text() == "mine"
    text = migrate(dags, "--out", out, "--fail-on", "never", json_=False)
    assert text.code == 1
    assert f"Nothing written: {out} is as it was" in text.out


def test_out_holds_other_files(dags: Path, out: Path) -> None:
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    done = migrate(dags, "--out", out)
    assert done.code == 1
    (finding,) = done.of("A2D602")
    assert "mine.txt" in str(finding["message"])
    assert files(out) == {"mine.txt": b"mine"}


def test_out_is_the_input(dags: Path) -> None:
    before = files(dags)
    done = migrate(dags, "--out", dags)
    assert done.code == 1
    assert done.of("A2D602")
    assert files(dags) == before


@pytest.fixture(params=["below a file", "/proc", "not permitted"])
def unwritable(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    if request.param == "below a file":
        (tmp_path / "file").write_text("")
        yield tmp_path / "file/defs"
    elif request.param == "/proc":
        if not Path("/proc").is_dir():
            pytest.skip("there is no /proc")
        yield Path("/proc/defs")
    else:
        if os.geteuid() == 0:
            pytest.skip("root may write everywhere")
        folder = tmp_path / "locked"
        folder.mkdir(mode=0o555)
        yield folder / "defs"
        folder.chmod(0o755)


def test_out_cannot_be_written(dags: Path, unwritable: Path) -> None:
    done = migrate(dags, "--out", unwritable)
    assert done.code == 1
    assert done.of("A2D603")
    assert json.loads(done.out)["output"]["state"] == "refused"
    assert not unwritable.exists()
    check = migrate(dags, "--out", unwritable, "--check")
    assert check.code == 1


def interrupted(command: list[str], when: str) -> subprocess.CompletedProcess[str]:
    """Run a command that is interrupted by Ctrl-C when it comes to a function of ours, named `module:function`."""
    module, function = when.split(":")
    code = (
        f"import os, signal, sys, importlib\n"
        f"module = importlib.import_module({module!r})\n"
        f"original = getattr(module, {function!r})\n"
        f"def stop(*a, **k):\n"
        f"    os.kill(os.getpid(), signal.SIGINT)\n"
        f"    return original(*a, **k)\n"
        f"setattr(module, {function!r}, stop)\n"
        f"from migrator.cli import main\n"
        f"sys.exit(main({command!r}))\n"
    )
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=TIMEOUT, check=False)


@pytest.mark.parametrize(
    ("existing", "when"),
    [
        (True, "migrator.read.project:read"),
        (True, "migrator.translate.project:translate"),
        (True, "migrator.write.project:render"),
        (True, "migrator.write.transaction:_make"),
        (True, "migrator.write.transaction:_move"),
        (True, "os:replace"),
        (False, "migrator.read.project:read"),
        (False, "migrator.write.transaction:_write_journal"),
        (False, "os:replace"),
    ],
)
def test_an_interrupted_run_leaves_the_output_as_it_was(dags: Path, out: Path, existing: bool, when: str) -> None:
    if existing:
        migrate(dags, "--out", out)
        (dags / "good.py").write_text(GOOD.replace("echo hello", "echo other"))
    before = files(out)
    done = interrupted([str(dags), "--out", str(out)], when)
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr.strip() == "Interrupted. Nothing was changed."
    assert files(out) == before
    assert migrate(dags, "--out", out).code == 0
    assert converted(out) == {"good"}


def test_a_run_with_several_processes_is_interrupted(tmp_path: Path, out: Path) -> None:
    """Ctrl-C reaches every process of the terminal's group at once."""
    folder = tmp_path / "many"
    folder.mkdir()
    slow = "n = 0\nfor a in range(10**6):\n    for b in range(10**6):\n        n += a\n"
    for number in range(60):
        (folder / f"dag_{number}.py").write_text(GOOD.replace('"good"', f'"dag_{number}"') + slow)
    command = [sys.executable, "-m", "migrator", str(folder), "--out", str(out), "--jobs", "2"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        time.sleep(1.5)
        if process.poll() is not None:
            pytest.skip("it was done too soon")
        os.killpg(process.pid, signal.SIGINT)
        printed, message = process.communicate(timeout=TIMEOUT)
    assert (process.returncode, printed, message.strip()) == (130, "", "Interrupted. Nothing was changed.")
    assert not out.exists()


def test_a_killed_run_is_undone_by_the_next(dags: Path, out: Path) -> None:
    migrate(dags, "--out", out)
    (dags / "good.py").write_text(GOOD.replace("echo hello", "echo other"))
    code = (
        "import os, signal, sys\n"
        "original, count = os.replace, [0]\n"
        "def stop(*a, **k):\n"
        "    count[0] += 1\n"
        "    if count[0] == 4:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return original(*a, **k)\n"
        "os.replace = stop\n"
        "from migrator.cli import main\n"
        f"sys.exit(main([{str(dags)!r}, '--out', {str(out)!r}]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=TIMEOUT, check=False)
    assert done.returncode in (-signal.SIGKILL, 0)
    assert migrate(dags, "--out", out).code == 0
    assert "echo other" in (out / "airflow_dags/defs/good/assets.py").read_text()
    assert not list(out.rglob(".migrate-*"))


# --- what is given besides -------------------------------------------------------------------------------------------


def test_reading_stays_in_the_folders_it_was_given(dags: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text("SECRET = 'hunter2'\n")
    (tmp_path / "secret.yaml").write_text("secret: hunter2\n")
    (dags / "curious.py").write_text(
        f"{HEAD}import sys, yaml\nsys.path.insert(0, '..')\nfrom secret import SECRET\n"
        "with open('../secret.yaml') as f:\n    other = yaml.safe_load(f)\n"
        "text = open('/etc/hostname').read()\n"
        "with DAG('curious'):\n    BashOperator(task_id='a', bash_command=f'echo {SECRET} {other} {text}')\n"
    )
    done = migrate("inspect", dags)
    assert "hunter2" not in done.out


def test_nothing_of_the_user_s_is_run(dags: Path, tmp_path: Path, out: Path) -> None:
    touched = tmp_path / "touched"
    (dags / "acts.py").write_text(
        f"{HEAD}import os, pathlib, subprocess\n"
        f"open({str(touched)!r}, 'w').write('x')\n"
        f"pathlib.Path({str(touched)!r}).write_text('x')\n"
        f"os.system('touch {touched}')\n"
        f"subprocess.run(['touch', {str(touched)!r}])\n"
        f"exec(\"open({str(touched)!r}, 'w')\")\n"
        f"eval(\"open({str(touched)!r}, 'w')\")\n"
        f"__import__('os').system('touch {touched}')\n"
        "with DAG('acts'):\n    EmptyOperator(task_id='a')\n"
    )
    migrate(dags, "--out", out)
    assert not touched.exists()
    assert converted(out) >= {"good"}
