"""What Airflow's functions answer for the tables beside, as JSON on standard output: `python observe.py > OUT.json`."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import sqlite3
import warnings
from types import SimpleNamespace
from typing import Any

import airflow
import pendulum
from sql_tables import CHECKS, DS, SETUP, SQL_TEXTS
from tables import BACKOFF, CONNECTIONS, POKES, VARIABLES, XCOM_VALUES

THREE = not airflow.__version__.startswith("2.")


def tried(function: Any) -> Any:
    try:
        return function()
    except Exception as error:
        return f"! {type(error).__name__}"


def connection(text: str) -> Any:
    os.environ["AIRFLOW_CONN_TRUTH"] = text
    if THREE:
        from airflow.sdk import BaseHook
    else:
        from airflow.hooks.base import BaseHook

    found: Any = BaseHook.get_connection("truth")
    fields = ("conn_type", "host", "login", "password", "schema", "port", "extra", "description")
    return {name: getattr(found, name) for name in fields} | {
        "extra_dejson": tried(lambda: found.extra_dejson),
        "uri": tried(found.get_uri),
    }


def variables() -> dict[str, Any]:
    if THREE:
        from airflow.sdk import Variable

        missing = "default"
    else:
        from airflow.models import Variable

        missing = "default_var"
    os.environ.update({f"AIRFLOW_VAR_{key.upper()}": value for key, value in VARIABLES.items()})
    answers = {}
    for key in (*VARIABLES, "mixed_case"):
        answers[key] = [
            tried(lambda k=key: Variable.get(k)),
            tried(lambda k=key: Variable.get(k, deserialize_json=True)),
            tried(lambda k=key: Variable.get(k, **{missing: "default"})),
        ]
    return answers


def backoff(case: dict[str, Any]) -> float:
    from airflow.models.taskinstance import TaskInstance

    date = dt.datetime.fromisoformat(case["date"])
    end = pendulum.datetime(2024, 1, 1)
    multiplier = case["multiplier"]
    fake = SimpleNamespace(
        dag_id="dag",
        task_id="task",
        execution_date=date,
        logical_date=date,
        try_number=case["try_number"],
        end_date=end,
        retry_delay_override=None,
        task=SimpleNamespace(
            retry_delay=dt.timedelta(seconds=case["delay"]),
            retry_exponential_backoff=multiplier if THREE else True,
            max_retry_delay=case["most"] and dt.timedelta(seconds=case["most"]),
        ),
    )
    return (TaskInstance.next_retry_datetime(fake) - end).total_seconds()


def poke(case: dict[str, Any]) -> float:
    if THREE:
        from airflow.providers.standard.sensors.python import PythonSensor
    else:
        from airflow.sensors.python import PythonSensor

    sensor = PythonSensor(
        task_id="task",
        python_callable=bool,
        poke_interval=case["poke_interval"],
        timeout=case["timeout"],
        exponential_backoff=True,
        max_wait=case["max_wait"] and dt.timedelta(seconds=case["max_wait"]),
    )
    return float(sensor._get_next_poke_interval(12.5, lambda: 7.9, case["count"]))


def sql_check(kind: str, arguments: dict[str, Any]) -> Any:
    from airflow.providers.common.sql.operators import sql

    operators = {
        "first_row": sql.SQLCheckOperator,
        "value": sql.SQLValueCheckOperator,
        "threshold": sql.SQLThresholdCheckOperator,
        "interval": sql.SQLIntervalCheckOperator,
        "columns": sql.SQLColumnCheckOperator,
        "table": sql.SQLTableCheckOperator,
    }
    operator = operators[kind](task_id="t", conn_id="checked", **json.loads(json.dumps(arguments)))
    if kind == "interval":  # its templates, rendered
        operator.sql1 = operator.sql1.replace("{{ ds }}", DS)
        operator.sql2 = re.sub(r"{{ macros.ds_add\(ds, (-?\d+)\) }}", earlier, operator.sql2)
    operator.execute({})
    return "passed"


def earlier(match: re.Match[str]) -> str:
    return (dt.date.fromisoformat(DS) + dt.timedelta(days=int(match[1]))).isoformat()


def main() -> None:
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    warnings.simplefilter("ignore")
    with sqlite3.connect(os.environ["CHECKED_DB"]) as database:
        database.executescript(SETUP)
    observed = {
        "connections": {text: tried(lambda t=text: connection(t)) for text in CONNECTIONS},
        "variables": variables(),
        "backoff": [tried(lambda c=case: backoff(c)) for case in BACKOFF],
        "pokes": [tried(lambda c=case: poke(c)) for case in POKES],
        "sql": [tried(lambda k=kind, a=arguments: sql_check(k, a)) for kind, arguments in CHECKS],
        "split": split(),
        "sent": {name: tried(lambda v=value: sent(v)) for name, value in XCOM_VALUES.items()} if THREE else {},
    }
    json.dump(observed, answer)
    answer.close()


def sent(value: Any) -> str:
    """Airflow 3 sends a value to its supervisor; runs in one process, as in these tests, do not."""
    from airflow.sdk.execution_time.comms import SetXCom, _RequestFrame
    from airflow.sdk.serde import serialize

    message = SetXCom(key="k", value=serialize(value), dag_id="d", run_id="r", task_id="t")
    _RequestFrame(id=1, body=message.model_dump()).as_bytes()
    return "sent"


def split() -> dict[str, list[str]]:
    from airflow.providers.sqlite.hooks.sqlite import SqliteHook

    return {text: SqliteHook.split_sql_string(text) for text in SQL_TEXTS}


if __name__ == "__main__":
    main()
