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
    {"file": "dags.py", "dag_id": dag_id, "logical_date": f"2024-03-04T{hour:02}:00:00+00:00", "run_type": "manual"}
    for hour, dag_id in enumerate(["produce", "produce_in_branches", "produce_by_rules", "produce", "consume"], 6)
]
BEFORE_3 = {
    "from airflow.sdk import Asset, Metadata, task": "from airflow.datasets import Dataset as Asset\n"
    "from airflow.datasets.metadata import Metadata\nfrom airflow.decorators import task",
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
    assert [run["dag_id"] for run in both.dagster] == made
    assert [run["state"] for run in both.airflow] == [run["state"] for run in both.dagster] == ["success"] * len(made)


def test_what_the_runs_were_told(both: Both) -> None:
    """The extra of every event since the last run, whose tasks made them; none in a run that somebody starts."""
    found = []
    for there, here in zip(both.airflow, both.dagster, strict=True):
        if there["dag_id"] == "consume":
            theirs = {row["task_id"]: row["value"] for row in there["xcoms"] if row["key"] == "return_value"}
            assert {row["task_id"]: row["value"] for row in here["tasks"]} == theirs
            found.append(theirs["triggering"][0])
    first, second, by_hand = found
    assert [len(rows) for _, rows in sorted(first.items())] == [2, 1]
    assert [len(rows) for _, rows in sorted(second.items())] == [4, 1]
    assert first["s3://lake/prices"][0][0] == {"rows": 5, "of": "prices"}
    assert by_hand == {}
