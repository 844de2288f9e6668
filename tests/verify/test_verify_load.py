"""load: in a fresh process, without Airflow; and the command itself."""

from __future__ import annotations

import json
import sys
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

from migrator.cli import main
from migrator.verify.evidence import Verification
from migrator.verify.session import Settings, verify

from .conftest import DAGS, detail, outcomes, wrong_copy

CLOCK = "airflow_dags/defs/clock/assets.py"


def test_a_broken_module_fails_and_leaves_the_others_to_be_verified(
    generated: Path, tmp_path: Path, verified: Callable[..., Verification]
) -> None:
    defs = wrong_copy(generated, tmp_path / "defs", (CLOCK, "import dagster as dg\n", "import airflow\n"))
    found = verified(DAGS, defs, kinds=("load", "graph", "ticks"))
    assert outcomes(found, "clock") == {"load": "failed", "graph": "not run", "ticks": "not run"}
    text = "ModuleNotFoundError: No module named 'airflow': the project has to load without it"
    place = f"{CLOCK}:{(defs / CLOCK).read_text().splitlines().index('import airflow') + 1}"
    assert detail(found, "clock", "load") == f"{text} ({place})"
    assert detail(found, "clock", "graph") == "its generated code does not load"
    assert outcomes(found, "shop") == {"load": "passed", "graph": "passed", "ticks": "passed"}
    assert detail(found, "shop", "load") == "without clock, which keeps the project from loading"


@pytest.mark.parametrize(
    ("new", "error"),
    [
        ("import sys\nsys.exit(3)\n", "SystemExit: 3 ({file}:{line})"),
        ("def (:\n", "SyntaxError: invalid syntax ({file}:{line})"),
        (
            "from ..nothing import there\n",
            "ModuleNotFoundError: No module named 'airflow_dags.defs.nothing' ({file}:{line})",
        ),
    ],
)
def test_what_is_broken_is_told_whoever_was_asked_for(new: str, error: str, generated: Path, tmp_path: Path) -> None:
    defs = wrong_copy(generated, tmp_path / "defs", (CLOCK, "import dagster as dg\n", new))
    found = verify(Settings(dags=DAGS, defs=defs, kinds=("load",), dag_ids=("shop",)))
    line = (defs / CLOCK).read_text().splitlines().index(new.splitlines()[-1]) + 1
    assert detail(found, "clock", "load") == error.format(file=CLOCK, line=line)
    assert outcomes(found, "shop") == {"load": "passed"}
    assert {one.dag_id for one in found.evidence} == {"clock", "shop"}


def test_what_all_dags_share_fails_them_all(generated: Path, tmp_path: Path) -> None:
    file = "airflow_dags/definitions.py"
    defs = wrong_copy(generated, tmp_path / "defs", (file, "import dagster as dg\n", "import nothing_there\n"))
    found = verify(Settings(dags=DAGS, defs=defs, kinds=("load",)))
    text = "the project does not load (ModuleNotFoundError: No module named 'nothing_there')"
    assert {one.detail for one in found.evidence} == {text}
    assert {one.outcome for one in found.evidence} == {"failed"}


def test_what_dagster_calls_deprecated_fails(generated: Path, tmp_path: Path) -> None:
    change = ("job = dg.define_asset_job(", "POLICY = dg.AutoMaterializePolicy.eager()\njob = dg.define_asset_job(")
    defs = wrong_copy(generated, tmp_path / "defs", (CLOCK, *change))
    found = verify(Settings(dags=DAGS, defs=defs, kinds=("load",)))
    assert outcomes(found, "clock") == {"load": "failed"}
    assert "AutoMaterializePolicy" in detail(found, "clock", "load")


def test_the_command_writes_the_record(generated: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(DAGS), str(generated), "--only", "load", "--format", "json"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["summary"] == {"load": {"passed": 6, "failed": 0, "not run": 0}}
    assert "imports the generated code" in printed.err
    record = json.loads((generated / "verification.json").read_text())
    assert [row["dag_id"] for row in record["evidence"]] == ["always", "clock", "late", "outside", "shop", "unstable"]


def test_what_python_says_of_a_text_is_no_deprecation_of_dagsters(
    generated: Path, tmp_path: Path, verified: Callable[..., Verification]
) -> None:
    """And a schedule that is only there in some environments is none where it is not."""
    outside = "airflow_dags/defs/outside/assets.py"
    defs = wrong_copy(
        generated,
        tmp_path / "defs",
        (CLOCK, "import dagster as dg\n", 'import dagster as dg\nTEXT = "\\ "\n'),
        (outside, "@dg.schedule(", "@(lambda **_: str)("),
    )
    found = verified(DAGS, defs, kinds=("load", "ticks"), dag_ids=("clock", "outside"))
    assert outcomes(found, "clock") == {"load": "passed", "ticks": "passed"}, found.evidence
    assert detail(found, "outside", "ticks").endswith("in Airflow, nothing starts runs in Dagster")


def test_a_python_is_named_as_seen_from_here(
    generated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").symlink_to(sys.prefix)
    monkeypatch.chdir(tmp_path)
    python = str(Path("mine", "bin", "python"))
    assert main(["verify", str(DAGS), str(generated), "--only", "load", "--dagster-python", python]) == 0
    assert "load  6 passed" in capsys.readouterr().out


def test_the_command_fails_where_evidence_failed(
    generated: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    defs = wrong_copy(generated, tmp_path / "defs", (CLOCK, "import dagster as dg\n", "1 / 0\n"))
    assert main(["verify", str(DAGS), str(defs), "--only", "load", "--dag", "clock"]) == 1
    out = capsys.readouterr().out
    assert "failed load clock (clock.py:7): ZeroDivisionError: division by zero" in out
    assert "load  0 passed, 1 failed" in out


def test_the_record_keeps_what_is_about_the_same_files(generated: Path, tmp_path: Path) -> None:
    defs = wrong_copy(generated, tmp_path / "defs")
    assert main(["verify", str(DAGS), str(defs), "--only", "load", "--quiet"]) == 0
    first = (defs / "verification.json").read_text()
    assert str(tmp_path) not in first
    record = json.loads(first)
    record["evidence"] += [{**row, "kind": "run", "detail": "before"} for row in record["evidence"]]
    (defs / "verification.json").write_text(json.dumps(record))
    (defs / CLOCK).write_text((defs / CLOCK).read_text() + "# edited\n")
    assert main(["verify", str(DAGS), str(defs), "--only", "load", "--dag", "shop", "--quiet"]) == 0
    rows = json.loads((defs / "verification.json").read_text())["evidence"]
    kept = {(row["dag_id"], row["kind"]) for row in rows}
    assert {("shop", "load"), ("shop", "run"), ("outside", "run")} <= kept
    assert "clock" not in {dag_id for dag_id, _ in kept}  # its code is another one now


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--only", "graphs"], "'graphs' is none of load, graph"),
        (["--dates", "tomorrow"], "'tomorrow' is neither a number nor an ISO date"),
        (["--dates", "0"], "0 dates are none to run for"),
        (["--dates", "nobody=3"], "nobody: not in"),
        (["--outcomes", "often"], "'often' is not `random:N`"),
        (["--dag", "nobody", "--only", "load"], "nobody: not in"),
        (["--only", "graph", "--airflow-python", "/nowhere/python"], "/nowhere/python cannot be started"),
        (["--only", "load", "--dagster-python", "/bin/false"], "dagster did not start in /bin/false"),
    ],
)
def test_wrong_usage(arguments: list[str], said: str, generated: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(DAGS), str(generated), *arguments]) == 2
    assert said in capsys.readouterr().err


def test_a_python_without_airflow(generated: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    venv.create(tmp_path / "venv")
    python = str(tmp_path / "venv" / "bin" / "python")
    assert main(["verify", str(DAGS), str(generated), "--only", "graph", "--airflow-python", python]) == 2
    assert f"airflow did not start in {python}: apache-airflow is not installed there" in capsys.readouterr().err


def test_a_folder_without_a_record_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(DAGS), str(tmp_path)]) == 2
    assert "is no project of migrate's: it has no migration.json" in capsys.readouterr().err
    (tmp_path / "migration.json").write_text("[]")
    assert main(["verify", str(DAGS), str(tmp_path)]) == 2
    assert "is not what migrate writes" in capsys.readouterr().err


def test_a_module_that_ends_or_holds_up_its_process_costs_its_own_dag(
    generated: Path, tmp_path: Path, verified: Callable[..., Verification]
) -> None:
    """Of one that heeds no limit, not even the place is known."""
    folder = "airflow_dags/defs"
    hangs = "import time\ntime.sleep(900)\n"
    deaf = "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})\n"
    defs = wrong_copy(
        generated,
        tmp_path / "defs",
        (CLOCK, "import dagster as dg\n", "import os\nprint('bye', flush=True)\nos._exit(0)\n"),
        (f"{folder}/late/assets.py", "import dagster as dg\n", hangs),
        (f"{folder}/unstable/assets.py", "import dagster as dg\n", deaf + hangs),
    )
    found = verified(DAGS, defs, kinds=("load", "ticks"), seconds=10, dag_ids=("clock", "late", "unstable", "outside"))
    line = (defs / f"{folder}/late/assets.py").read_text().splitlines().index("time.sleep(900)") + 1
    for dag_id, reason in {
        "clock": "it ends the process that imports it, with status 0",
        "late": f"stopped after 10 seconds ({folder}/late/assets.py:{line})",
        "unstable": "stopped after 10 seconds",
    }.items():
        assert outcomes(found, dag_id) == {"load": "failed", "ticks": "not run"}
        assert detail(found, dag_id, "load") == reason
        assert detail(found, dag_id, "ticks") == "its generated code does not load"
    assert outcomes(found, "outside") == {"load": "passed", "ticks": "passed"}


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("import os\nos._exit(4)\n", "airflow_dags.definitions: it ends the process that imports it, with status 4"),
        ("import time\ntime.sleep(900)\n", "stopped after 3 seconds"),
    ],
)
def test_what_all_dags_share_may_end_the_process_or_hold_it_up(
    new: str, said: str, generated: Path, tmp_path: Path
) -> None:
    defs = wrong_copy(
        generated,
        tmp_path / "defs",
        ("airflow_dags/definitions.py", "import dagster as dg\n", f"{new}import dagster as dg\n"),
    )
    found = verify(Settings(dags=DAGS, defs=defs, kinds=("load",), seconds=3))
    assert {one.outcome for one in found.evidence} == {"failed"}
    assert all(said in one.detail for one in found.evidence), found.evidence
