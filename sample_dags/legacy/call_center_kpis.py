"""Call-center KPIs: fetch the call log, pick the report by weekday, always clean up."""

import json
import os
from datetime import datetime

from airflow import DAG
from airflow.hooks.base_hook import BaseHook
from airflow.hooks.http_hook import HttpHook
from airflow.operators.dummy_operator import DummyOperator
from airflow.operators.python_operator import BranchPythonOperator, PythonOperator, ShortCircuitOperator
from airflow.utils.trigger_rule import TriggerRule

dag = DAG(
    dag_id="call_center_kpis",
    description="Calls per agent",
    schedule_interval="30 22 * * *",
    start_date=datetime(2024, 3, 1),
    catchup=False,
    default_args={"owner": "customer-care"},
)


def fetch_calls(**kwargs):
    calls = HttpHook(method="GET", http_conn_id="shop_api").run("calls").json()["calls"]
    kwargs["ti"].xcom_push("calls", calls)
    return len(calls)


def has_calls(**kwargs):
    return kwargs["ti"].xcom_pull(task_ids="fetch_calls") > 0


def pick_report(**kwargs):
    # Monday's logical date: the report of the week that has passed
    return "weekly_report" if kwargs["execution_date"].weekday() == 0 else "daily_report"


def report(kind, ti, **kwargs):
    seconds = {}
    for call in ti.xcom_pull(task_ids="fetch_calls", key="calls"):
        seconds[call["agent"]] = seconds.get(call["agent"], 0) + call["seconds"]
    name = "calls_%s_%s.json" % (kind, kwargs["ds"])
    with open(os.path.join(os.environ["EXPORT_DIR"], name), "w") as out:
        json.dump(seconds, out, sort_keys=True)
    return name


def audit(**kwargs):
    return "%s by %s" % (kwargs["run_id"].split("__")[0], BaseHook.get_connection("shop_api").login)


fetch = PythonOperator(task_id="fetch_calls", python_callable=fetch_calls, provide_context=True, dag=dag)
gate = ShortCircuitOperator(task_id="has_calls", python_callable=has_calls, provide_context=True, dag=dag)
branch = BranchPythonOperator(task_id="pick_report", python_callable=pick_report, provide_context=True, dag=dag)
daily = PythonOperator(task_id="daily_report", python_callable=report, op_args=["daily"], provide_context=True, dag=dag)
weekly = PythonOperator(
    task_id="weekly_report", python_callable=report, op_args=["weekly"], provide_context=True, dag=dag
)
join = DummyOperator(task_id="join", trigger_rule=TriggerRule.ONE_SUCCESS, dag=dag)
log = PythonOperator(
    task_id="audit", python_callable=audit, provide_context=True, trigger_rule=TriggerRule.ALL_DONE, dag=dag
)

gate.set_upstream(fetch)
gate >> branch
branch.set_downstream([daily, weekly])
join << [daily, weekly]
join >> log
