"""Templates that are Python, templates that are rendered when the task runs, and templates that cannot be."""

from datetime import datetime

from airflow import DAG
from airflow.models.param import Param
from airflow.operators.bash import BashOperator

with DAG(
    "templates_at_run_time",
    schedule_interval="@daily",
    start_date=datetime(2024, 1, 1),
    catchup=False,
    params={"city": Param("Berlin", type="string", enum=["Berlin", "Oslo"])},
    user_defined_macros={"greeting": "hello"},
    user_defined_filters={"shout": lambda text: text.upper()},
):
    BashOperator(task_id="python", bash_command="echo {{ ds }} {{ params.city }} {{ macros.ds_add(ds, -1) }}")
    BashOperator(task_id="at_run_time", bash_command="{% for i in range(3) %}echo {{ i }} {{ ds }}; {% endfor %}")
    BashOperator(task_id="own_names", bash_command="echo {{ greeting | shout }}")
    BashOperator(task_id="settings", bash_command="echo {{ var.value.region }} {{ var.json.limits.rows }} {{ conn.shop.host }}")
    BashOperator(task_id="unknown_name", bash_command="echo {{ no_such_name }}")
    BashOperator(task_id="invalid", bash_command="echo {{ ds")
    BashOperator(task_id="file", bash_command="clean.sh")
