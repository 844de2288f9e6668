"""Params: the generated project takes and refuses the values that Airflow takes and refuses, before a run begins."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.converted import ROOT, Converted, convert, run_python

from migrator import migrate

SUPPORT = ROOT / "tests" / "support"
ABSENT = object()
"""No value is given: the default counts."""

CASES: dict[str, tuple[str, list[Any]]] = {
    "plain_type": ("'x', type='string'", [ABSENT, "y", 1, None, ["y"]]),
    "whole": ("5, type='integer', minimum=1, maximum=10", [ABSENT, 1, 10, 0, 11, "5", 1.5, True, None]),
    "between": ("5, type='integer', exclusiveMinimum=1, exclusiveMaximum=10, multipleOf=2", [2, 1, 3, 8, 10]),
    "number": ("1.5, type='number', minimum=0", [ABSENT, 2, 0.5, -0.5, "2", None]),
    "switch": ("True, type='boolean'", [ABSENT, False, "true", 1, None]),
    "choice": ("'a', enum=['a', 'b'], title='One', description='of two'", [ABSENT, "b", "c", None, 1]),
    "numbers": ("1, enum=[1, 2, None]", [ABSENT, 2, None, 3, "1"]),
    "length": ("'abc', type='string', minLength=2, maxLength=4", [ABSENT, "ab", "a", "abcde", "äöü"]),
    "pattern": ("'A1', type='string', pattern='^[A-Z](?=[0-9])'", [ABSENT, "B2", "b2", "B"]),
    "optional": ("None, type=['null', 'string'], minLength=2", [ABSENT, None, "ab", "a", 1]),
    "optional_whole": ("None, type=['integer', 'null'], minimum=3", [ABSENT, None, 3, 2, "3"]),
    "required": ("None, type='string'", [ABSENT, None, "x"]),
    "without_default": ("type='integer'", [ABSENT, 1, "x"]),
    "items": ("['a'], type='array', items={'type': 'string'}, minItems=1, uniqueItems=True",
             [ABSENT, ["b", "c"], [], ["b", "b"], [1], "a", None]),
    "keys": ("{'n': 1}, type='object', required=['n'], additionalProperties=False, "
               "properties={'n': {'type': 'integer'}}",
               [ABSENT, {"n": 2}, {}, {"n": "x"}, {"n": 1, "m": 2}, 1]),
    "either": ("'x', type=['string', 'integer', 'boolean']", [ABSENT, 1, True, 1.5, None]),
    "any_of": ("1, anyOf=[{'type': 'integer', 'minimum': 1}, {'type': 'null'}]", [ABSENT, 2, None, 0, "x"]),
    "no_type": ("3, minimum=1", [ABSENT, 2, 0, "text", None]),
    "day": ("'2024-02-29', type='string', format='date'",
            [ABSENT, "2024-03-01", "2023-02-29", "1.3.2024", "2024-03-01T00:00:00"]),
    "moment": ("'2024-02-29T10:00:00+00:00', type='string', format='date-time'",
               [ABSENT, "2024-03-01T00:00:00Z", "2024-03-01T00:00:00", "2024-03-01", "soon", ""]),
    "clock": ("'10:00:00', type='string', format='time'", [ABSENT, "23:59:59", "24:00:00", "x"]),
    "shown": ("'a', type='string', examples=['a', 'b'], values_display={'a': 'A'}, section='s'", [ABSENT, "c", 1]),
    "bad_default": ("0, type='integer', minimum=1", [ABSENT, 1, 0]),
}  # fmt: skip

HEAD = """\
from datetime import datetime
from airflow import DAG
from airflow.{bash} import BashOperator
from airflow.{param} import Param
"""
DAG = """
with DAG("{name}", schedule=None, start_date=datetime(2024, 1, 1), params={{"p": Param({arguments})}}) as {name}:
    BashOperator(task_id="t", bash_command="echo '{{{{ params.p }}}}'")
"""
LINES = {
    "2": {"bash": "operators.bash", "param": "models.param"},
    "3": {"bash": "providers.standard.operators.bash", "param": "sdk"},
}


@pytest.mark.parametrize("line", ["2", "3"])
def test_the_same_values_are_refused(line: str, tmp_path: Path, python_of: Callable[[str], str]) -> None:
    (tmp_path / "dags").mkdir()
    file = tmp_path / "dags" / "params.py"
    file.write_text(
        HEAD.format(**LINES[line]) + "".join(DAG.format(name=n, arguments=a) for n, (a, _) in CASES.items())
    )
    migration = migrate(tmp_path / "dags", jobs=1)
    assert [f for f in migration.findings if f.code == "A2D512"] == []
    converted = convert(tmp_path / "dags", tmp_path / "defs")
    confs = {name: [{} if v is ABSENT else {"p": v} for v in values] for name, (_, values) in CASES.items()}
    theirs = on_airflow(python_of(line), file, confs, tmp_path)
    ours = on_dagster(converted, {n: [config(n, conf) for conf in given] for n, given in confs.items()}, tmp_path)
    both = {
        name: [(conf, their, our) for conf, their, our in zip(given, theirs[name], ours[name], strict=True)]
        for name, given in confs.items()
    }
    assert [(n, *row) for n, rows in both.items() for row in rows if (row[1] is None) != (row[2] is None)] == []
    assert sum(our is None for answers in ours.values() for our in answers) > 40
    assert ours["whole"][3] == (
        "ParamValidationError: Invalid input for param p: Input should be greater than or equal to 1 (given: 0)"
    )
    assert (
        ours["day"][2]
        == "ParamValidationError: Invalid input for param p: '2023-02-29' is not a 'date' (given: '2023-02-29')"
    )


def config(dag_id: str, conf: dict[str, Any]) -> dict[str, Any]:
    """The run config that stands for a conf."""
    return {"resources": {f"{dag_id}_params": {"config": conf}}} if conf else {}


def on_airflow(python: str, file: Path, confs: dict[str, Any], folder: Path) -> dict[str, list[str | None]]:
    (folder / "confs.json").write_text(json.dumps(confs))
    home = {"AIRFLOW_HOME": str(folder / "airflow"), "PATH": "/usr/bin:/bin", "HOME": str(folder)}
    command = [python, str(SUPPORT / "params_on_airflow.py"), str(file), str(folder / "confs.json")]
    done = subprocess.run(command, env=home, capture_output=True, text=True, timeout=120, check=False)
    return answers(done)


def on_dagster(converted: Converted, configs: dict[str, Any], folder: Path) -> dict[str, list[str | None]]:
    (folder / "configs.json").write_text(json.dumps(configs))
    script = SUPPORT / "params_on_dagster.py"
    return answers(run_python(converted.folder, str(script), "airflow_dags", str(folder / "configs.json")))


def answers(done: subprocess.CompletedProcess[str]) -> dict[str, list[str | None]]:
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return dict(json.loads(done.stdout.rpartition("ANSWERS")[2]))
