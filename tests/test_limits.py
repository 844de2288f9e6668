"""How many runs and tasks at once, and for how long: a real Dagster daemon, with the dagster.yaml of the project.

Airflow's side is in its scheduler: `max_active_runs` is about the runs of a DAG, `max_active_tasks` about the tasks of
one run (of all its runs in 2.x), a pool about the tasks of all DAGs, and `dagrun_timeout` ends a run as failed.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.converted import ROOT, convert, run_python

SCRIPT = ROOT / "tests" / "support" / "limits_on_dagster.py"
DAGS = """\
from datetime import datetime, timedelta
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

START = {"schedule": None, "start_date": datetime(2024, 1, 1)}

with DAG("crowded", max_active_runs=1, max_active_tasks=1, **START):
    BashOperator(task_id="one", bash_command="sleep 0.7")
    BashOperator(task_id="two", bash_command="sleep 0.7")

with DAG("pooled", **START):
    BashOperator(task_id="one", bash_command="sleep 0.7", pool="till")
    BashOperator(task_id="two", bash_command="sleep 0.7", pool="till")

with DAG("stuck", dagrun_timeout=timedelta(seconds=5), **START):
    BashOperator(task_id="hold", bash_command="sleep 300") >> BashOperator(task_id="after", bash_command="true")
"""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("limits")
    for name in ("dags", "home"):
        (folder / name).mkdir()
    (folder / "dags" / "limits.py").write_text(DAGS)
    converted = convert(folder / "dags", folder / "defs")
    settings = (converted.folder / "dagster.yaml").read_text()
    (folder / "home" / "dagster.yaml").write_text(settings)
    (folder / "jobs.json").write_text(json.dumps(["stuck", "pooled", "crowded", "crowded"]))
    home = {"DAGSTER_HOME": str(folder / "home")}
    done = run_python(converted.folder, str(SCRIPT), "airflow_dags", str(folder / "jobs.json"), seconds=300, **home)
    assert "ANSWERS" in done.stdout, done.stdout[-2000:] + done.stderr[-4000:]
    found: dict[str, list[dict[str, Any]]] = {}
    for run in json.loads(done.stdout.rpartition("ANSWERS")[2].partition("\n")[0]):
        found.setdefault(run["job"], []).append(run)
    return found


def test_max_active_runs(runs: dict[str, list[dict[str, Any]]]) -> None:
    first, second = sorted(runs["crowded"], key=lambda run: run["start"])
    assert first["state"] == second["state"] == "success"
    assert first["end"] <= second["start"]


@pytest.mark.parametrize("job", ["crowded", "pooled"])
def test_max_active_tasks_and_a_pool_of_one_slot(job: str, runs: dict[str, list[dict[str, Any]]]) -> None:
    for run in runs[job]:
        assert run["state"] == "success"
        (_, end), (start, _) = sorted(run["steps"].values())
        assert end <= start


def test_dagrun_timeout(runs: dict[str, list[dict[str, Any]]]) -> None:
    (stuck,) = runs["stuck"]
    assert stuck["state"] == "failure"
    assert 5 <= stuck["end"] - stuck["start"] < 60
    assert "stuck__after" not in stuck["steps"]
