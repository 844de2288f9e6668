"""DAGs that have no tasks, or none that can be read: they have no job, and nothing starts them."""

from datetime import datetime

from airflow import DAG
from airflow.models import Variable
from airflow.operators.bash import BashOperator

with DAG("placeholder", schedule_interval="@daily", start_date=datetime(2024, 1, 1)):
    pass

with DAG("monitors", schedule_interval="0 1 * * *", start_date=datetime(2024, 1, 1), catchup=False):
    for monitor in Variable.get("monitors", deserialize_json=True):
        BashOperator(task_id=f"monitor_{monitor}", bash_command="echo checked")

with DAG("beside", schedule_interval=None, start_date=datetime(2024, 1, 1)):
    BashOperator(task_id="works", bash_command="echo works")
