"""Every kind of decision by every trigger rule, behind a task that succeeds, fails or skips; what comes after."""

from datetime import datetime

from airflow.exceptions import AirflowSkipException
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.latest_only import LatestOnlyOperator
from airflow.providers.standard.operators.python import BranchPythonOperator, PythonOperator, ShortCircuitOperator
from airflow.sdk import DAG

RULES = [
    "all_success",
    "all_failed",
    "all_done",
    "all_done_min_one_success",
    "all_done_setup_success",
    "one_success",
    "one_failed",
    "one_done",
    "none_failed",
    "none_failed_min_one_success",
    "none_skipped",
    "all_skipped",
    "always",
]


def succeed():
    return "done"


def fail():
    raise ValueError("no")


def skip():
    raise AirflowSkipException("not today")


def stop():
    return None


def decide(kind, name, rule):
    common = {"task_id": name, "trigger_rule": rule}
    if kind == "branch":
        return BranchPythonOperator(python_callable=lambda first: first, op_args=[f"{name}_in"], **common)
    if kind == "latest":
        return LatestOnlyOperator(**common)
    return ShortCircuitOperator(python_callable=stop, ignore_downstream_trigger_rules=kind == "short", **common)


with DAG("decisions", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False):
    befores = [
        PythonOperator(task_id=function.__name__, python_callable=function) for function in (succeed, fail, skip)
    ]
    for kind in ("branch", "latest", "short", "gentle"):
        for rule in RULES:
            for before in befores:
                name = f"{kind}_{rule}_{before.task_id}"
                decision = decide(kind, name, rule)
                before >> decision >> EmptyOperator(task_id=f"{name}_out", trigger_rule="all_done")
                if kind == "branch":
                    decision >> EmptyOperator(task_id=f"{name}_in")
