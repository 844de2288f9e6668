"""A DAG that begins late, a mapped operator of its own, a value that is never the same; a DAG that has always been."""

import uuid
from datetime import datetime

from airflow.sdk import DAG, BaseOperator, task


class Add(BaseOperator):
    def __init__(self, number: int = 0, **kwargs) -> None:
        super().__init__(**kwargs)
        self.number = number

    def execute(self, context) -> int:
        return self.number + 1


@task
def identity(test_mode=None) -> str:
    """Airflow 3 has no such variable in its context: the default stays."""
    return uuid.uuid4().hex if test_mode is None else "tested"


with DAG("late", schedule=None, start_date=datetime(2026, 2, 3, 4)):
    identity() >> Add.partial(task_id="add").expand(number=[1, 2])

with DAG("always", schedule="@daily", start_date=datetime.min, catchup=False):
    identity()
