"""Two tasks by the local clock: ticks, intervals and templates."""

import pendulum
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG(
    "clock", schedule="30 2 * * 1-5", start_date=pendulum.datetime(2024, 3, 25, tz="Europe/Berlin"), catchup=False
):
    first = BashOperator(task_id="first", bash_command="echo day {{ ds }}")
    second = BashOperator(task_id="second", bash_command="echo after {{ ti.xcom_pull(task_ids='first') }}")
    third = BashOperator(task_id="third", bash_command="echo of {{ dag.dag_id }} at {{ data_interval_start }}")
    first >> second >> third
