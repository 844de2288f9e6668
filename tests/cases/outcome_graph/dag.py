"""Trigger rules, mapping, setup and teardown: tasks that look at how others ended, in one graph."""

from datetime import datetime

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, task, task_group

with DAG("outcome_graph", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False):

    @task
    def tables() -> list[str]:
        return ["orders", "items"]

    @task(retries=1)
    def load(table: str, day: str) -> int:
        return len(table + day)

    @task
    def total(counts: list[int]) -> int:
        return sum(counts)

    @task_group
    def check(table: str):
        @task
        def rows(name: str) -> int:
            return len(name)

        rows(table)

    names = tables()
    counts = load.partial(day="{{ ds }}").expand(table=names)
    summed = total(counts)
    check.expand(table=names)

    start = BashOperator(task_id="start", bash_command="echo up").as_setup()
    stop = BashOperator(task_id="stop", bash_command="echo down").as_teardown(setups=start)
    start >> EmptyOperator(task_id="work") >> stop

    summed >> EmptyOperator(task_id="alarm", trigger_rule="one_failed")
    summed >> EmptyOperator(task_id="always", trigger_rule="all_done")
