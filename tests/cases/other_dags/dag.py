"""Airflow 3: waiting for other DAGs, and starting them."""

from datetime import datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.providers.standard.sensors.external_task import ExternalTaskMarker, ExternalTaskSensor
from airflow.sdk import DAG, TaskGroup

START = datetime(2024, 1, 1)


def day_before(logical_date, ds=None):
    """The orders of the day before."""
    return logical_date - timedelta(days=1)


with DAG("orders", schedule="0 3 * * *", start_date=START, catchup=False):
    with TaskGroup("regions") as regions:
        for region in ("eu", "us"):
            BashOperator(task_id=f"load_{region}", bash_command="echo {{ ds }}")
    regions >> [EmptyOperator(task_id="ready"), EmptyOperator(task_id="told")]

with DAG("reports", schedule=None, start_date=START, params={"day": "", "full": False}):
    BashOperator(task_id="collect", bash_command="echo {{ params.day }}")

with DAG("cleanup", schedule="@daily", start_date=START, catchup=False):
    EmptyOperator(task_id="collect") >> EmptyOperator(task_id="always", trigger_rule="all_done")

with DAG("other_dags", schedule="@daily", start_date=START, catchup=False):
    one = ExternalTaskSensor(
        task_id="one",
        external_dag_id="orders",
        external_task_id="ready",
        execution_delta=timedelta(hours=-3),
        failed_states=["failed"],
        skipped_states=["skipped"],
        mode="reschedule",
        timeout=600,
    )
    group = ExternalTaskSensor(
        task_id="group",
        external_dag_id="orders",
        external_task_group_id="regions",
        execution_date_fn=day_before,
        soft_fail=True,
    )
    whole = ExternalTaskSensor(task_id="whole", external_dag_id="orders", check_existence=True)
    graph = ExternalTaskSensor(task_id="graph", external_dag_id="cleanup", allowed_states=["success", "failed"])
    before = ExternalTaskSensor(
        task_id="before", external_dag_id="other_dags", external_task_id="wait", execution_delta=timedelta(days=1)
    )
    start = TriggerDagRunOperator(
        task_id="start",
        trigger_dag_id="reports",
        trigger_run_id="report {{ ds }}",
        logical_date="{{ logical_date }}",
        conf={"day": "{{ ds }}"},
        reset_dag_run=True,
        wait_for_completion=True,
        poke_interval=10,
        allowed_states=["success", "failed"],
        failed_states=[],
    )
    again = TriggerDagRunOperator(task_id="again", trigger_dag_id="orders", skip_when_already_exists=True)
    mark = ExternalTaskMarker(task_id="mark", external_dag_id="reports", external_task_id="collect")
    [one, group, whole, graph, before] >> start >> [again, mark]

    wait = ExternalTaskSensor(task_id="wait", external_dag_id="elsewhere", external_task_id="load")
    lost = ExternalTaskSensor(task_id="lost", external_dag_id="orders", external_task_id="gone")
    unknown = TriggerDagRunOperator(task_id="unknown", trigger_dag_id="{{ params.dag }}")
