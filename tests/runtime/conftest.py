"""What Airflow itself does on the tables in truth/, observed once a session for each line of Airflow.

Airflow 3 is the one beside pytest; Airflow 2.11 runs in the Python that MIGRATE_AIRFLOW2_PYTHON names. Both are run in
processes of their own, with a home and a database of their own.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

import dagster as dg
import pytest

HERE = Path(__file__).parent / "truth"
RUNNER = Path(__file__).parents[1] / "support" / "airflow_run.py"
sys.path.insert(0, str(HERE))

from tables import VARIABLES  # noqa: E402

SETTINGS = {
    "AIRFLOW_VAR_WORD": "value",
    "AIRFLOW_VAR_SETTINGS": '{"limits": {"low": 1}, "names": ["a", "b"]}',
    "AIRFLOW_CONN_WAREHOUSE": "postgres://u%40x:p%2Fw@h.com:5432/db?mode=ro",
}
"""The Variables and connections that templates use."""

SCHEDULED = [
    ("xcom_values", "2024-03-05T00:00:00+00:00", "scheduled"),
    ("bash", "2024-03-05T00:00:00+00:00", "scheduled"),
    ("daily", "2024-03-05T06:00:00+00:00", "scheduled"),
    ("daily", "2024-03-07T10:11:12+00:00", "manual"),
    ("tokyo", "2024-03-04T15:00:00+00:00", "scheduled"),
    ("native", "2024-03-05T06:00:00+00:00", "scheduled"),
    ("intervals", "2024-03-05T06:00:00+00:00", "scheduled"),
]


@dataclass
class Truth:
    """One line of Airflow and what it did."""

    airflow: str
    python: str
    folder: Path
    cache: Path

    @cached_property
    def functions(self) -> dict[str, Any]:
        """The answers of Airflow's functions, by table."""
        answer: dict[str, Any] = json.loads(self._run([str(HERE / "observe.py")]))
        return answer

    @cached_property
    def runs(self) -> dict[tuple[str, str], dict[str, Any]]:
        """The records of real DAG runs, by DAG and run type."""
        spec = self.folder / "spec.json"
        runs = [
            {"file": "truth_dags.py", "dag_id": dag_id, "logical_date": date, "run_type": kind, "conf": {"c": 1}}
            for dag_id, date, kind in SCHEDULED
            if self.airflow == "3" or dag_id != "intervals"
        ]
        spec.write_text(json.dumps({"dags_folder": str(HERE / "dags"), "cache": str(self.cache), "runs": runs}))
        answer = json.loads(self._run([str(RUNNER), str(spec)]))
        assert not answer["import_errors"]
        return {(record["dag_id"], record["run_type"]): record for record in answer["runs"]}

    @cached_property
    def bridged(self) -> dict[str, Any]:
        """What became of Airflow operators in Dagster runs; there is no metadata database."""
        nowhere = f"sqlite:///{self.folder}/nowhere/airflow.db"
        self._run([str(HERE / "bridged.py")], AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=nowhere)
        answer: dict[str, Any] = json.loads((self.folder / "bridged.json").read_text())
        return answer

    def seen(self, name: str) -> Any:
        """What a task wrote down in its run."""
        assert self.runs
        return json.loads((self.folder / f"{name}.json").read_text())

    def _run(self, arguments: list[str], **more: str) -> str:
        log, checked = self.folder / "airflow.log", self.folder / "checked.db"
        env = {
            "AIRFLOW_HOME": str(self.folder / "home"),
            "AIRFLOW__LOGGING__LOGGING_LEVEL": "CRITICAL",
            "AIRFLOW_CONN_CHECKED": f"sqlite://{quote(str(checked), safe='')}",
            "CHECKED_DB": str(checked),
            "TRUTH_OUT": str(self.folder),
        }
        with log.open("a") as errors:
            done = subprocess.run(
                [self.python, *arguments],
                env=os.environ | SETTINGS | env | more,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                timeout=600,
                check=False,
            )
        assert done.returncode == 0, log.read_text()[-4000:]
        return done.stdout.decode()


@pytest.fixture(scope="session", params=["2", "3"], ids=["airflow2", "airflow3"])
def truth(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Truth:
    line = str(request.param)
    python = sys.executable
    if line == "2":
        python = os.environ.get("MIGRATE_AIRFLOW2_PYTHON", "")
        if not python:
            pytest.skip("MIGRATE_AIRFLOW2_PYTHON names no Python that has Airflow 2.11")
    elif importlib.util.find_spec("airflow") is None:
        pytest.skip("Airflow is not installed beside pytest")
    cache = pytestconfig.cache.mkdir("airflow")
    return Truth(line, python, tmp_path_factory.mktemp(f"airflow{line}"), cache)


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment Airflow had."""
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for key, value in VARIABLES.items():
        monkeypatch.setenv(f"AIRFLOW_VAR_{key.upper()}", value)


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """A Dagster instance whose runs other processes can join."""
    with dg.instance_for_test(temp_dir=str(tmp_path)) as instance:
        yield instance


def shown(value: Any) -> str:
    """A value's type and content, as the tasks in truth/dags write them down."""
    return f"{type(value).__name__}: {value!r}"


def tried(function: Any) -> str:
    try:
        return shown(function())
    except Exception as error:
        return f"! {type(error).__name__}"
