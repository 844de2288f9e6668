"""Airflow 2: commands with templates, an environment, a folder, an exit code that skips, and one that nobody reads."""

from datetime import datetime

from airflow import DAG
from airflow.operators.bash import BashOperator

with DAG(
    "bash_operator", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False, params={"target": "prod"}
):
    hello = BashOperator(task_id="hello", bash_command="echo 'the day is {{ ds }}'")
    build = BashOperator(
        task_id="build",
        bash_command="make report DAY=$DAY",
        env={"DAY": "{{ ds_nodash }}", "TARGET": "{{ params.target }}"},
        append_env=True,
        cwd="/srv/reports",
        skip_on_exit_code=[80, 99],
    )
    count = BashOperator(
        task_id="count", bash_command="wc -l < /srv/reports/report.csv", output_processor=lambda line: int(line)
    )
    clean = BashOperator(task_id="clean", bash_command="rm -rf /tmp/reports", do_xcom_push=False)
    told = BashOperator(
        task_id="told", bash_command='echo "$AIRFLOW_CTX_DAG_ID counted {{ ti.xcom_pull(task_ids=\'count\') }}"'
    )
    folder = BashOperator(task_id="folder", bash_command='ls "$AIRFLOW_HOME/dags"')
    hello >> build >> count >> [clean, told, folder]
