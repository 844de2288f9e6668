"""What tasks tell of the assets they update reaches the runs that are started by that: tests/asset_events/dags.py."""

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

from migrator import migrate
from migrator.write import write

DAGS = Path(__file__).parent / "asset_events" / "dags.py"
SUPPORT = Path(__file__).parent / "support"
RUNS: list[Record] = [
    {
        "file": "dags.py",
        "dag_id": dag_id,
        "logical_date": f"2024-03-04T{hour:02}:00:00+00:00",
        "run_type": "scheduled" if dag_id == "produce_daily" else "manual",
    }
    for hour, dag_id in enumerate(
        [
            "produce_daily",
            "produce",
            "produce_in_branches",
            "produce_by_rules",
            "produce",
            "consume",
            "look_back",
        ],
        6,
    )
]
BEFORE_3 = {
    "from airflow.sdk import Asset, Metadata, TaskGroup, task": "from airflow.datasets import Dataset as Asset\n"
    "from airflow.datasets.metadata import Metadata\nfrom airflow.decorators import task\n"
    "from airflow.utils.task_group import TaskGroup",
    "inlet_events.for_asset(uri='s3://lake/orders')": "inlet_events[0]",
    "triggering_asset_events": "triggering_dataset_events",
    "e.asset.uri": "e.uri",
    "asset.uri": "asset",
}
"""What is called otherwise in Airflow 2."""


@dataclass
class Both:
    """The runs of both engines, in the order they were made; the started ones are of `consume`."""

    airflow: list[Record]
    dagster: list[Record]
    converted: Converted


@pytest.fixture(scope="module", params=["2", "3"], ids=["airflow2", "airflow3"])
def both(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    pytestconfig: pytest.Config,
    python_of: Callable[[str], str],
) -> Both:
    python, folder = python_of(request.param), tmp_path_factory.mktemp("asset_events")
    text = DAGS.read_text()
    for new, old in BEFORE_3.items() if request.param == "2" else ():
        assert new in text
        text = text.replace(new, old)
    (folder / "dags").mkdir()
    (folder / "dags" / "dags.py").write_text(text)
    spec = {"dags_folder": str(folder / "dags"), "cache": str(pytestconfig.cache.mkdir("airflow")), "runs": RUNS}
    there = answer([python, str(SUPPORT / "asset_events_on_airflow.py")], spec, folder / "airflow.json", os.environ)
    assert there["import_errors"] == {}

    migration = migrate(folder / "dags", airflow_version=request.param)
    assert {f.code for f in migration.rendered.findings if f.severity != "info"} <= {"A2D112"}  # about Airflow 2 only
    assert write(migration.rendered, folder / "defs").ok
    converted = Converted(folder / "defs")
    command = [python, str(SUPPORT / "asset_events_on_dagster.py"), str(converted.folder), converted.record["package"]]
    here = answer(command, RUNS, folder / "dagster.json", without_airflow({}))
    return Both(there["runs"], here, converted)


def answer(command: list[str], request: Any, file: Path, env: Any) -> Any:
    file.write_text(json.dumps(request))
    done = subprocess.run([*command, str(file)], env=env, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-6000:]
    return json.loads(done.stdout)


def test_the_same_runs(both: Both) -> None:
    made = [run["dag_id"] for run in both.airflow]
    assert made.count("consume") == 3  # the last of them by hand
    assert made.count("consume_daily") == 1
    assert [run["dag_id"] for run in both.dagster] == made
    states = ["failed" if dag_id == "look_back" else "success" for dag_id in made]
    assert [run["state"] for run in both.airflow] == [run["state"] for run in both.dagster] == states


def values(both: Both, dag_id: str) -> list[Record]:
    """What the tasks of a DAG returned in each of its runs, which is the same in both engines."""
    found = []
    for there, here in zip(both.airflow, both.dagster, strict=True):
        if there["dag_id"] == dag_id:
            theirs = {row["task_id"]: row["value"] for row in there["xcoms"] if row["key"] == "return_value"}
            assert {row["task_id"]: row["value"] for row in here["tasks"] if row["value"] is not None} == theirs
            found.append(theirs)
    return found


def test_what_the_runs_were_told(both: Both) -> None:
    """The extra of every event since the last run, whose tasks made them; none in a run that somebody starts."""
    first, second, by_hand = (run["triggering"][0] for run in values(both, "consume"))
    assert [len(rows) for _, rows in sorted(first.items())] == [2, 1]
    assert [len(rows) for _, rows in sorted(second.items())] == [4, 1]
    assert first["s3://lake/prices"][0][0] == {"rows": 5, "of": "prices"}
    assert by_hand == {}


def test_the_run_that_made_an_update(both: Both) -> None:
    """Its id, dates and state, in a function and in the template of Airflow's own documentation."""
    (found,) = values(both, "consume_daily")
    assert found["source"][:4] == [found["source"][3], "today.daily", "produce_daily", found["source"][0]]
    assert found["source"][-4:] == [True, True, True, {}]
    assert found["as_documented"] == found["source"][5]


def test_past_updates_of_inlets(both: Both) -> None:
    """Every update until then, also of runs that nobody waits for; of other assets than its inlets, none is given."""
    (found,) = values(both, "look_back")
    rows, _, last, ids, daily, uris = found["look_back"]
    assert len(rows) == len(ids) == 6
    assert (last, daily, uris) == (rows[-1][0], 1, ["s3://lake/orders", "s3://lake/daily"])
    assert found["in_a_template"].endswith(" 1")
    there, here = both.airflow[-1], both.dagster[-1]
    failed = [{row["task_id"] for row in run["tasks"] if row["state"] == "failed"} for run in (there, here)]
    assert failed == [{"not_an_inlet"}] * 2
