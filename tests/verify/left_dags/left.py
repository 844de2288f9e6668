"""Mapped groups whose last task is expanded when an instance of the task before it has failed."""

from datetime import datetime

from airflow.sdk import DAG, task, task_group


def items():
    return [0, 1]


def check(item):
    if item == 1:
        raise RuntimeError("not this one")


def repair(item):
    return f"repaired {item}"


@task_group
def repaired_at_once(item):
    task(check)(item) >> task(trigger_rule="one_failed")(repair)(item)


@task_group
def repaired_later(item):
    task(check)(item) >> task(trigger_rule="all_done")(repair)(item)


for number, group in enumerate((repaired_at_once, repaired_later)):
    with DAG(f"left_{number}", schedule="@daily", start_date=datetime(2024, 1, 1)):
        group.expand(item=task(items)())
