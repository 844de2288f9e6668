"""What a DAG may be given besides its tasks: catching up, callbacks, limits, and what is only about Airflow's pages."""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.operators.empty import EmptyOperator


def tell(context):
    print("failed")


with DAG(
    "dag_arguments",
    schedule_interval="30 2 * * 1-5",
    start_date=datetime(2024, 1, 1),
    end_date=datetime(2024, 12, 31),
    catchup=True,
    max_active_runs=2,
    max_active_tasks=4,
    dagrun_timeout=timedelta(hours=2),
    on_failure_callback=tell,
    tags=["nightly", "sales"],
    doc_md="The nightly load.",
    default_view="graph",
    is_paused_upon_creation=True,
    default_args={"owner": "sales", "pool": "warehouse", "priority_weight": 5, "retries": 2, "depends_on_past": False},
):
    EmptyOperator(task_id="begin") >> EmptyOperator(task_id="end", trigger_rule="all_success", owner="ops@example.com")
