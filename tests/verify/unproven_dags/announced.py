"""Tasks that fail when they are run, as the conversion says; that work with what is not executed; with a package."""

import os
from datetime import datetime
from pathlib import Path
from typing import Any

from airflow.providers.http.operators.http import HttpOperator
from airflow.sdk import DAG, BaseOperator, task


class Asking(BaseOperator):
    """Built on Airflow, so not executed in Dagster, which has none here."""

    template_fields = ("question",)

    def __init__(self, *, question: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.question = question


@task
def first() -> None:
    Path(os.environ["COUNTED"]).with_name("ran").touch()


@task
def update(*, task_state_store=None) -> str:
    return task_state_store.get("orders")


with DAG("announced", schedule=None, start_date=datetime(2024, 3, 1)):
    first() >> update()

with DAG("unanswered", schedule=None, start_date=datetime(2024, 3, 1)):
    fetch = HttpOperator(task_id="fetch", http_conn_id="api", endpoint="orders")
    HttpOperator(task_id="post", http_conn_id="api", endpoint="{{ ti.xcom_pull(task_ids='fetch')['next'] }}") << fetch

with DAG("asked", schedule=None, start_date=datetime(2024, 3, 1), user_defined_macros={"size": 9}):
    HttpOperator(task_id="ask", http_conn_id="api", endpoint="orders/{{ ds }}") >> Asking(
        task_id="asking", question="orders/{{ ds }}/{{ size }}"
    )

with DAG("packed", schedule=None, start_date=datetime(2024, 3, 1)):

    @task.external_python(python=os.environ["OTHER_PYTHON"], expect_airflow=False)
    def packed() -> str:
        import package_of_the_other_python

        return package_of_the_other_python.__name__

    packed()
