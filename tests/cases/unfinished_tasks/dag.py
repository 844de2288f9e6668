"""Tasks that a person must finish, among trigger rules, branches and mapping: the rest of the DAG is translated."""

import os
from datetime import datetime

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, task, task_group

with DAG("unfinished_tasks", schedule=None, start_date=datetime(2024, 1, 1)):

    @task.branch
    def choose() -> str:
        return "load"

    @task
    def numbers() -> list[int]:
        return [1, 2]

    @task
    def hosts():
        return [{"bash_command": "hostname"}, {"bash_command": "uptime", "cwd": "/"}]

    @task
    def double(number: int) -> int:
        return 2 * number

    @task
    def add(one: int, other: int) -> int:
        return one + other

    @task_group
    def each(number: int):
        add.partial(one=number).expand(other=[1, 2])
        double(number)

    load = BashOperator(task_id="load", bash_command="load.sh", retries=3)
    tidy = EmptyOperator(task_id="tidy", trigger_rule="all_done")
    choose() >> [load, EmptyOperator(task_id="nothing")] >> tidy

    each.expand(number=numbers()) >> EmptyOperator(task_id="summary", trigger_rule="none_failed")
    BashOperator.partial(task_id="by_host").expand_kwargs(hosts())
    EmptyOperator(task_id="report", trigger_rule=os.environ["REPORT_RULE"]) << tidy
    EmptyOperator(task_id="last", trigger_rule=f"all_{tidy.task_id}") << tidy

    def raise_limit(context):
        context["ti"].task.retries = 5

    BashOperator(task_id="raising", bash_command="true", pre_execute=raise_limit)
