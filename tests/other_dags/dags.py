"""DAGs that wait for each other and start each other, on Airflow 2 and 3."""

import json
import os
from datetime import datetime, timedelta, timezone

from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.empty import EmptyOperator
from airflow.operators.python import PythonOperator
from airflow.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sensors.external_task import ExternalTaskMarker, ExternalTaskSensor
from airflow.utils.task_group import TaskGroup

START = datetime(2024, 3, 1, tzinfo=timezone.utc)
COMMON = {"schedule": "0 6 * * *", "start_date": START, "catchup": False}


def facts(dag_run, params, ti, **context):
    """What a run knows of itself."""
    names = ("logical_date", "data_interval_start", "data_interval_end")
    dates = {name: str(context[name]) for name in names if name in context}
    return {
        "run_id": dag_run.run_id,
        "conf": dag_run.conf,
        "params": dict(params),
        "type": str(dag_run.run_type),
        **dates,
    }


def this_and_day_before(date, ds):
    assert ds == date.strftime("%Y-%m-%d")
    return [date, date - timedelta(days=1)]


with DAG("source", **COMMON):
    # Fails on the 5th, skips on the 6th.
    moody = BashOperator(
        task_id="moody", bash_command="case {{ ds }} in *05) exit 1;; *06) exit 99;; esac; echo {{ ds }}"
    )
    moody >> EmptyOperator(task_id="after")
    EmptyOperator(task_id="calm")
    with TaskGroup("group"):
        EmptyOperator(task_id="still")
        BashOperator(task_id="day", bash_command="case {{ ds }} in *05) exit 1;; esac")

with DAG("rules", **COMMON):
    trouble = BashOperator(task_id="trouble", bash_command="case {{ ds }} in *05) exit 1;; esac")
    trouble >> EmptyOperator(task_id="repair", trigger_rule="one_failed")
    trouble >> EmptyOperator(task_id="end", trigger_rule="all_done")

# An hour later than its sources, and never waiting long.
with DAG("waiting", **{**COMMON, "schedule": "0 7 * * *"}):

    def wait(task_id, dag="source", **arguments):
        arguments.setdefault("execution_delta", timedelta(hours=1))
        return ExternalTaskSensor(
            task_id=task_id, external_dag_id=dag, poke_interval=0.1, timeout=0.2, mode="poke", **arguments
        )

    wait("calm", external_task_id="calm")
    wait("several", external_task_ids=["calm", "moody"])
    wait("moody_fails", external_task_id="moody", failed_states=["failed"])
    wait("moody_fails_softly", external_task_id="moody", failed_states=["failed"], soft_fail=True)
    wait("moody_skips", external_task_id="moody", skipped_states=["skipped"])
    wait("skip_is_fine", external_task_id="moody", allowed_states=["success", "skipped"])
    wait("after_upstream", external_task_id="after", failed_states=["upstream_failed"])
    wait("all_of_it", failed_states=["failed"])
    wait("whatever", allowed_states=["success", "failed"])
    wait("upside_down", allowed_states=["failed"], failed_states=["success"])
    wait("group", external_task_group_id="group")
    wait("group_fails", external_task_group_id="group", failed_states=["failed"])
    wait("other_hour", external_task_id="calm", execution_delta=timedelta(hours=2))
    wait("repair", dag="rules", external_task_id="repair", allowed_states=["success", "skipped"])
    wait("repair_skips", dag="rules", external_task_id="repair", skipped_states=["skipped"])
    wait("trouble", dag="rules", external_task_id="trouble", failed_states=["failed"])
    wait("rules", dag="rules")

with DAG("waiting_by_function", **COMMON):
    ExternalTaskSensor(
        task_id="two_days",
        external_dag_id="source",
        external_task_id="calm",
        execution_date_fn=this_and_day_before,
        poke_interval=0.1,
        timeout=0.2,
    )

with DAG("starting", **COMMON):
    TriggerDagRunOperator(
        task_id="named",
        trigger_dag_id="started",
        trigger_run_id="day_{{ ds_nodash }}",
        logical_date="{{ logical_date }}",
        conf={"day": "{{ ds }}", "size": 3},
    )
    TriggerDagRunOperator(task_id="unnamed", trigger_dag_id="started_too", logical_date="{{ ds }}T01:00:00+00:00")
    once = {"trigger_dag_id": "started_once", "trigger_run_id": "the_one", "logical_date": "2024-03-01T00:00:00+00:00"}
    TriggerDagRunOperator(task_id="once", conf={"asked": "{{ ds }}"}, **once) >> ExternalTaskMarker(
        task_id="marker", external_dag_id="waiting", external_task_id="calm"
    )

with DAG("starting_again", **COMMON):
    TriggerDagRunOperator(task_id="skip", skip_when_already_exists=True, **once) >> EmptyOperator(task_id="skipped")
    TriggerDagRunOperator(task_id="reset", reset_dag_run=True, conf={"asked": "again"}, **once)


def called(context):
    """What the callback of a DAG finds in its context."""
    found = {"reason": context["reason"], "run_id": context["run_id"], "dag_id": context["dag"].dag_id}
    if "ti" in context:
        found |= {"task_id": context["ti"].task_id, "ds": context["ds"], "params": dict(context["params"])}
    with open(os.environ["CALLED"], "a") as file:
        file.write(json.dumps(found) + "\n")


def called_too(context):
    called({**context, "reason": "too"})
    raise ValueError("logged only")


with DAG("calling", on_success_callback=[called_too, called], on_failure_callback=called, params={"size": 1}, **COMMON):
    BashOperator(task_id="first", bash_command="echo {{ params.size }}") >> BashOperator(
        task_id="second", bash_command="case {{ ds }} in *05) exit 1;; esac"
    )

for dag_id in ("started", "started_too", "started_once"):
    with DAG(dag_id, schedule=None, start_date=START, params={"size": 1, "day": "none"}):
        PythonOperator(task_id="facts", python_callable=facts)
