"""Tasks that are tried again, have a time limit and call something; one DAG for each that a test makes wrong."""

from datetime import timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, TaskGroup, task


def tell(context):
    print(context["ti"].task_id)


SETTINGS = {"retries": 2, "retry_delay": timedelta(seconds=30)}

for name in ("fewer", "sooner", "unlimited", "silent"):
    with DAG(f"tried_{name}", schedule=None, default_args=SETTINGS):
        plain = BashOperator(task_id="plain", bash_command="true")
        limited = BashOperator(task_id="limited", bash_command="true", execution_timeout=timedelta(minutes=2))
        telling = BashOperator(task_id="telling", bash_command="true", on_failure_callback=tell)
        plain >> limited >> telling

with DAG("tried_graph", schedule=None, default_args=SETTINGS):

    @task(trigger_rule="all_done", on_retry_callback=tell)
    def last():
        return 1

    with TaskGroup("group"):  # which nothing that runs depends on
        first = BashOperator(task_id="first", bash_command="true", retries=0)
    first >> last()
