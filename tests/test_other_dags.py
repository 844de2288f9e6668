"""DAGs that wait for each other and start each other do the same on both engines: tests/other_dags/dags.py."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from support.converted import Converted, Record, without_airflow
from support.engines import AIRFLOW_RUNNER, differences

from migrator import migrate
from migrator.write import write

DAGS = Path(__file__).with_name("other_dags")
RUNNER = Path(__file__).parent / "support" / "other_dags_on_dagster.py"
RUNS = [
    *(("source", f"2024-03-0{day}T06:00:00+00:00") for day in (3, 4, 5, 6)),
    *(("rules", f"2024-03-0{day}T06:00:00+00:00") for day in (4, 5, 6)),
    *(("waiting", f"2024-03-0{day}T07:00:00+00:00") for day in (4, 5, 6, 7)),
    *(("waiting_by_function", f"2024-03-0{day}T06:00:00+00:00") for day in (3, 4)),
    *(("starting", f"2024-03-0{day}T06:00:00+00:00") for day in (4, 5)),
    ("starting_again", "2024-03-04T06:00:00+00:00"),
    *(("calling", f"2024-03-0{day}T06:00:00+00:00") for day in (4, 5)),
]
"""In this order. No run of `source` on the 7th is waited for in vain."""


@dataclass
class Both:
    """The runs of both engines, in the order they were made."""

    airflow: list[Record]
    dagster: list[Record]
    called: list[list[Record]]
    """What the callbacks of DAGs have seen, in Airflow and in Dagster."""

    def scheduled(self) -> list[tuple[Record, Record]]:
        there = [run for run in self.airflow if not run["triggered_by"]]
        here = [run for run in self.dagster if not run["sensor"]]
        return list(zip(there, here, strict=True))

    def triggered(self) -> list[tuple[Record, Record]]:
        there = [run for run in self.airflow if run["triggered_by"]]
        here = [run for run in self.dagster if run["sensor"]]
        assert sorted(run["dag_id"] for run in there) == sorted(run["dag_id"] for run in here)
        order = {key: [run for run in here if run["dag_id"] == key] for key in {run["dag_id"] for run in here}}
        return [(run, order[run["dag_id"]].pop(0)) for run in there]


@pytest.fixture(scope="session", params=["2", "3"], ids=["airflow2", "airflow3"])
def both(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    pytestconfig: pytest.Config,
    python_of: Callable[[str], str],
) -> Both:
    line = request.param
    python, folder = python_of(line), tmp_path_factory.mktemp(f"other_dags_{line}")
    spec: Any = [
        {"file": "dags.py", "dag_id": dag, "logical_date": date, "run_type": "scheduled"} for dag, date in RUNS
    ]
    spec = {"dags_folder": str(DAGS), "cache": str(pytestconfig.cache.mkdir("airflow")), "runs": spec}
    called = [folder / "called on airflow", folder / "called on dagster"]
    env = {**os.environ, "CALLED": str(called[0])}
    there = answer([python, str(AIRFLOW_RUNNER)], spec, folder / "airflow.json", env)
    assert there["import_errors"] == {}

    migration = migrate(DAGS, airflow_version=line)
    assert [f for f in migration.rendered.findings if f.severity != "info"] == []
    assert write(migration.rendered, folder / "defs").ok
    converted = Converted(folder / "defs")
    command = [python, str(RUNNER), str(converted.folder), converted.record["package"]]
    here = answer(command, RUNS, folder / "dagster.json", without_airflow({"CALLED": str(called[1])}))
    return Both(there["runs"], here, [[json.loads(line) for line in one.read_text().splitlines()] for one in called])


def answer(command: list[str], request: Any, file: Path, env: dict[str, str]) -> Any:
    file.write_text(json.dumps(request))
    done = subprocess.run([*command, str(file)], env=env, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-6000:]
    return json.loads(done.stdout)


def test_states_and_values(both: Both) -> None:
    found = []
    for there, here in both.scheduled():
        assert "error" not in there, there["error"]
        what = f"{there['dag_id']} {there['logical_date']}"
        found += [f"{what}: {d}" for task in there["tasks"] for d in differences(task["task_id"], here, there)]
        if there["state"] != here["state"]:
            found.append(f"{what} is {here['state']} and not {there['state']}")
    assert not found, "\n".join(found)


def test_the_runs_that_are_started(both: Both) -> None:
    """Each knows of itself what Airflow's knows: its id, conf, params and dates."""
    runs = both.triggered()
    assert [there["dag_id"] for there, _ in runs].count("started") == 2
    found = []
    for there, here in runs:
        now(there["xcoms"])
        now([row for row in here["tasks"] if row["value"]])
        found += [f"{there['dag_id']} {there['run_id']}: {d}" for d in differences("facts", here, there)]
    again = [line for line in found if "was tried" in line]
    assert len(again) == 1  # a run that is cleared goes on counting its tries in Airflow
    found = [line for line in found if line not in again]
    assert not found, "\n".join(found)


def test_callbacks_of_dags(both: Both) -> None:
    there, here = both.called
    assert here == there


def now(rows: list[Record]) -> None:
    """Put the same text for any moment of today: Airflow 3 makes data intervals of the time a run was asked for."""
    for row in rows:
        row["value"] = {k: "now" if str(v).startswith("20") and v > "2025" else v for k, v in row["value"].items()}


def test_it_is_not_all_the_same(both: Both) -> None:
    """The sensors come to every end there is."""
    states = {task["state"] for run in both.dagster if run["dag_id"] == "waiting" for task in run["tasks"]}
    assert states == {"success", "failed", "skipped"}
