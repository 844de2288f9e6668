"""`--root-sensors`: a sensor that a DAG merely begins with starts the DAG's runs.

Which DAGs that is done for, the case `root_sensors` shows; this evaluates the sensor and runs what it asks for.
"""

from __future__ import annotations

import json
from pathlib import Path

from support.cases import CASES
from support.converted import ROOT, Converted, run_python

from migrator import migrate
from migrator.write import write

SCRIPT = ROOT / "tests" / "support" / "root_sensors_on_dagster.py"


def test_the_run_begins_when_its_file_is_there(tmp_path: Path) -> None:
    outcome = write(migrate(CASES / "root_sensors" / "dag.py", root_sensors=True).rendered, tmp_path / "defs")
    assert outcome.ok
    converted = Converted(tmp_path / "defs")
    (gate,) = converted.tasks("gated")["arrived"]["becomes"]
    assert (gate["kind"], gate["name"]) == ("sensor", "gated_sensor")
    assert converted.dags["gated"]["schedule"] is None
    steps = [
        ["2026-02-02T12:00:00+00:00", []],
        ["2026-02-03T06:00:00+00:00", []],
        ["2026-02-03T07:00:00+00:00", ["landing/south-2026-02-02.csv"]],
        ["2026-02-03T08:00:00+00:00", ["landing/north-2026-02-02.csv"]],
        ["2026-02-03T09:00:00+00:00", []],
        ["2026-02-04T12:00:00+00:00", []],
        ["2026-02-04T18:00:00+00:00", ["landing/north-2026-02-03.csv"]],  # four hours had been time enough
        ["2026-02-05T06:00:00+00:00", ["landing/north-2026-02-04.csv"]],
    ]
    (tmp_path / "steps.json").write_text(json.dumps(steps))
    (tmp_path / "world").mkdir()
    done = run_python(
        tmp_path / "world", str(SCRIPT), str(converted.folder), "airflow_dags", "gated", str(tmp_path / "steps.json")
    )
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout.splitlines()[-1])
    asked = [runs for runs, _ in answers]
    assert asked[:3] == [[], [], []]
    assert asked[3] == [["2026-02-02T06:00:00+0000", True]]
    assert asked[4:] == [[], [], [["2026-02-03T06:00:00+0000", True]], [["2026-02-04T06:00:00+0000", True]]]
    assert [path for path in answers[3][1] if "loaded" in path] == ["landing/loaded-2026-02-02"]


def test_nothing_changes_without_the_option(tmp_path: Path) -> None:
    migration = migrate(CASES / "root_sensors" / "dag.py")
    assert {f.code for f in migration.findings} & {"A2D115", "A2D116"} == set()
    assert [s for dag in migration.dagster.dags for s in dag.sensors if "request_when" in s.body.text] == []
