"""Airflow DAG `alerts` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.notifiers import mail_alert
from ...airflow_compat.task import airflow_task
from ..resources import smtp_default


def tell(context):
    print(context["reason"], context["dag_run"].run_id)


airflow_dag = AirflowDag(dag_id="alerts", airflow="2")

_mail_alert = mail_alert(smtp_default, ["ops@example.com"])


@dg.asset(
    key=["alerts", "mailed"],
    group_name="alerts",
    kinds={"bash"},
    metadata={"airflow/dag_id": "alerts", "airflow/task_id": "mailed"},
)
@airflow_task(
    on_failure_callback=_mail_alert,
    on_retry_callback=tell,
    retries=1,
    retry_delay=300,
    dag=airflow_dag,
    task_id="mailed",
)
def mailed() -> str:
    return run_bash("true")


@dg.asset(
    key=["alerts", "quoting"],
    group_name="alerts",
    kinds={"bash"},
    metadata={"airflow/dag_id": "alerts", "airflow/task_id": "quoting"},
)
@airflow_task(on_failure_callback=_mail_alert, retries=1, retry_delay=300, dag=airflow_dag, task_id="quoting")
def quoting() -> str:
    return run_bash("true")


@dg.asset(
    key=["alerts", "silent"],
    group_name="alerts",
    retry_policy=dg.RetryPolicy(max_retries=1, delay=300),
    kinds={"bash"},
    metadata={"airflow/dag_id": "alerts", "airflow/task_id": "silent"},
)
def silent() -> str:
    return run_bash("true")


@dg.asset(
    key=["alerts", "unknown"],
    group_name="alerts",
    retry_policy=dg.RetryPolicy(max_retries=1, delay=300),
    kinds={"bash"},
    metadata={"airflow/dag_id": "alerts", "airflow/task_id": "unknown"},
)
def unknown() -> str:
    return run_bash("true")


@dg.asset(
    key=["alerts", "empty"],
    group_name="alerts",
    retry_policy=dg.RetryPolicy(max_retries=1, delay=300),
    metadata={"airflow/dag_id": "alerts", "airflow/task_id": "empty"},
)
def empty() -> None:
    pass


job = dg.define_asset_job(
    "alerts", selection=dg.AssetSelection.groups("alerts"), tags={"airflow/dag_id": "alerts"}
)
