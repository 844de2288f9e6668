"""Branches that keep to themselves, as assets that may end without a value; and two DAGs that only look like it."""

from datetime import datetime

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.latest_only import LatestOnlyOperator
from airflow.providers.standard.operators.python import BranchPythonOperator, ShortCircuitOperator
from airflow.sdk import DAG, TaskGroup, chain, task

START = datetime(2024, 1, 1)


def by_size(size, **context):
    """Where an order goes."""
    if size > 100:
        return "large.review"
    return ["small", "note"] if size else None


with DAG("size_of_orders", schedule=None, start_date=START):
    size = BranchPythonOperator(task_id="size", python_callable=by_size, op_kwargs={"size": 5})
    with TaskGroup("large"):
        review = EmptyOperator(task_id="review")
        review >> BashOperator(task_id="approve", bash_command="echo approved")

    @task
    def small() -> int:
        return 1

    @task
    def double(count: int) -> int:
        return 2 * count

    @task(trigger_rule="none_failed")
    def first() -> int:
        return 3

    ordered = small()
    first() >> size >> [review, ordered, EmptyOperator(task_id="note")]
    double(ordered)


with DAG("by_group", schedule="@daily", start_date=START, catchup=False):

    @task.branch
    def pick(ds=None):
        return "weekend" if ds.endswith("6") else "weekday"

    with TaskGroup("weekend") as weekend:
        [EmptyOperator(task_id="close"), EmptyOperator(task_id="clean")] >> EmptyOperator(task_id="end")

    @task(retries=2, retry_delay=30)
    def weekday(picked: str) -> str:
        return f"after {picked}"

    choice = pick()
    choice >> weekend
    weekday(choice)


with DAG("latest", schedule="@hourly", start_date=START, catchup=False):
    chain(LatestOnlyOperator(task_id="only"), EmptyOperator(task_id="a"), EmptyOperator(task_id="b"))


with DAG("short", schedule=None, start_date=START):

    @task.short_circuit
    def any_rows() -> bool:
        return False

    nested = ShortCircuitOperator(task_id="nested", python_callable=lambda: True)
    any_rows() >> EmptyOperator(task_id="load") >> nested >> EmptyOperator(task_id="tell")


# A failure of `beside` must not end a run in which Airflow skips `join`.
with DAG("shared_with_another", schedule=None, start_date=START):
    go = ShortCircuitOperator(task_id="go", python_callable=lambda: False)
    [go, EmptyOperator(task_id="beside")] >> EmptyOperator(task_id="join")

# What is chosen is not known before.
with DAG("chosen_by_name", schedule=None, start_date=START):
    which = BranchPythonOperator(task_id="which", python_callable=lambda: f"t{1 + 1}")
    which >> [EmptyOperator(task_id=f"t{number}") for number in range(3)]
