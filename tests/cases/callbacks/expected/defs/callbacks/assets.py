"""Airflow DAG `callbacks` (dag.py) as Dagster assets.

Not partitioned: no task reads its dates. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.bridge import notify
from ...airflow_compat.callbacks import call_back
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.notifiers import slack_message, with_resources
from ...airflow_compat.task import airflow_task
from ..resources import CallbacksParams, chat, slack_api_default


def tell(context):
    print(context["reason"], context["dag_run"].run_id)


def tell_chat(context, *, chat):
    chat.send_text(context["ti"].log_url)


airflow_dag = AirflowDag(dag_id="callbacks", airflow="2", cron="0 0 * * *")

_notify = slack_message(slack_api_default, text="{{ ti.task_id }} failed")


def _notify_2(context: Any) -> None:
    from airflow.providers.smtp.notifications.smtp import SmtpNotifier

    notify(SmtpNotifier(to="ops@example.com"), context)


_tell_chat = with_resources(tell_chat, chat=chat)

_notify_3 = slack_message(slack_api_default, text="{{ dag.dag_id }} failed", channel="#ops")


@dg.asset(
    key=["callbacks", "first"],
    group_name="callbacks",
    kinds={"bash"},
    metadata={"airflow/dag_id": "callbacks", "airflow/task_id": "first"},
)
@airflow_task(on_failure_callback=_notify, dag=airflow_dag, task_id="first")
def first(callbacks_params: CallbacksParams) -> str:
    return run_bash(f"echo {callbacks_params.size}")


@dg.asset(
    key=["callbacks", "no_equal"],
    group_name="callbacks",
    kinds={"bash"},
    metadata={"airflow/dag_id": "callbacks", "airflow/task_id": "no_equal"},
)
@airflow_task(on_success_callback=_notify_2, on_failure_callback=_notify, dag=airflow_dag, task_id="no_equal")
def no_equal() -> str:
    return run_bash("true")


job = dg.define_asset_job(
    "callbacks", selection=dg.AssetSelection.groups("callbacks"), tags={"airflow/dag_id": "callbacks"}
)
schedule = dg.ScheduleDefinition(
    name="callbacks_schedule", job=job, cron_schedule="0 0 * * *", execution_timezone="UTC"
)


@dg.run_status_sensor(run_status=dg.DagsterRunStatus.SUCCESS, monitored_jobs=[job])
def callbacks_on_success(context: dg.RunStatusSensorContext) -> None:
    call_back(context, airflow_dag, tell, params=CallbacksParams().model_dump())


@dg.run_status_sensor(run_status=dg.DagsterRunStatus.FAILURE, monitored_jobs=[job])
def callbacks_on_failure(context: dg.RunStatusSensorContext) -> None:
    call_back(context, airflow_dag, tell, _tell_chat, _notify_3, params=CallbacksParams().model_dump())
