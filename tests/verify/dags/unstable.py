"""A task that fails once, one that always fails, and what comes after."""

from datetime import timedelta

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import dag, get_current_context, task


@dag(schedule=None, default_args={"retries": 1, "retry_delay": timedelta(seconds=1)})
def unstable():
    @task
    def once() -> int:
        if get_current_context()["ti"].try_number == 1:
            raise ValueError("not yet")
        return 7

    @task(retries=0)
    def never(value: int) -> int:
        raise ValueError(f"never with {value}")

    never(once()) >> EmptyOperator(task_id="after")


unstable()
