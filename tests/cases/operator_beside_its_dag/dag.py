"""An operator in the DAG's own file, whose annotations name what only type checkers import."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from airflow.sdk import DAG, BaseOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class AddOperator(BaseOperator):
    def __init__(self, number: int, **kwargs) -> None:
        super().__init__(**kwargs)
        self.number = number

    def execute(self, context: Context) -> int:
        return self.number + 1


with DAG("operator_beside_its_dag", schedule=None, start_date=datetime(2024, 1, 1)):
    AddOperator(task_id="add", number=1)
