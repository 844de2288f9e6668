"""A branch that takes another way each time: a file outside of what is compared counts."""

import os
from datetime import datetime
from pathlib import Path

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, task

with DAG("never_the_same", schedule=None, start_date=datetime(2024, 3, 1)):

    @task.branch
    def way() -> str:
        counted = Path(os.environ["COUNTED"])
        number = int(counted.read_text()) if counted.exists() else 0
        counted.write_text(str(number + 1))
        return f"way_{number % 4}"

    (
        way()
        >> [EmptyOperator(task_id=f"way_{number}") for number in range(4)]
        >> EmptyOperator(task_id="last", trigger_rule="none_failed_min_one_success")
    )
