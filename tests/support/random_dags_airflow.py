"""The random DAGs of dags.json beside this file, as Airflow DAGs: a DAG file, copied into a DAGs folder."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

try:
    from airflow.sdk import DAG, task_group
    from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
except ImportError:
    from airflow import DAG
    from airflow.decorators import task_group
    from airflow.exceptions import AirflowFailException, AirflowSkipException
try:
    from airflow.providers.standard.operators.python import BranchPythonOperator, PythonOperator, ShortCircuitOperator
except ImportError:
    from airflow.operators.python import BranchPythonOperator, PythonOperator, ShortCircuitOperator
from random_dags import act, inputs_of

OPERATORS = {"plain": PythonOperator, "branch": BranchPythonOperator, "short_circuit": ShortCircuitOperator}


def function_of(task: dict[str, Any]) -> Any:
    def function(*items: Any, saw: Any, ti: Any, **_: Any) -> Any:
        return act(
            task,
            map_index=ti.map_index if ti.map_index is not None else -1,
            try_number=ti.try_number,
            item=list(items),
            saw=saw,
            skip=AirflowSkipException,
            fail=AirflowFailException,
        )

    return function


def build(spec: dict[str, Any]) -> Any:
    with DAG(spec["dag_id"], start_date=dt.datetime(2024, 1, 1, tzinfo=dt.timezone.utc), schedule=None) as dag:
        made: dict[str, Any] = {}

        def make(task: dict[str, Any], item: Any = None) -> None:
            options = {
                "task_id": task["id"],
                "python_callable": function_of(task),
                "retries": task["retries"],
                "retry_delay": dt.timedelta(0),
                "op_kwargs": {"saw": {name: made[name].output for name in inputs_of(spec, task)}},
            }
            if task["rule"]:
                options["trigger_rule"] = task["rule"]
            operator = OPERATORS[task["kind"]]
            if task["kind"] == "short_circuit":
                options["ignore_downstream_trigger_rules"] = task["ignore"]
            if task["expand"]:
                made[task["id"]] = operator.partial(**options).expand(op_args=argument(task["expand"]))
            elif item is not None:
                made[task["id"]] = operator(op_args=[item], **options)
            else:
                made[task["id"]] = operator(**options)
            for name in task["upstream"]:
                made[name] >> made[task["id"]]

        def argument(expand: dict[str, Any]) -> Any:
            return expand["literal"] if "literal" in expand else made[expand["task"]].output

        members = [task for task in spec["tasks"] if task["in_group"]]
        for task in spec["tasks"]:
            if members and task is members[0]:
                make_all(members, make).expand(item=argument(spec["group"]))
            elif not task["in_group"]:
                make(task)
        for task in spec["tasks"]:
            if task["setup"]:
                made[task["id"]].as_setup()
        for task in spec["tasks"]:
            if task["teardown"]:
                setups = [made[name] for name in task["teardown"]]
                made[task["id"]].as_teardown(setups=setups, on_failure_fail_dagrun=task["fail_run"])
    return dag


def make_all(members: list[dict[str, Any]], make: Any) -> Any:
    @task_group(group_id="group", prefix_group_id=False)
    def group(item: Any) -> None:
        for task in members:
            make(task, item)

    return group


for spec in json.loads(Path(__file__).with_name("dags.json").read_text()):
    globals()[spec["dag_id"]] = build(spec)
