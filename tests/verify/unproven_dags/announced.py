"""Tasks of which the conversion says that they fail when they are run; one that works with what is not executed."""

import os
from datetime import datetime
from pathlib import Path

from airflow.providers.http.operators.http import HttpOperator
from airflow.sdk import DAG, Asset, task

ORDERS = Asset("orders")


@task
def first() -> None:
    Path(os.environ["COUNTED"]).with_name("ran").touch()


@task(outlets=[ORDERS])
def update(*, outlet_events=None) -> None:
    outlet_events[ORDERS].extra = {"rows": 3}


with DAG("announced", schedule=None, start_date=datetime(2024, 3, 1)):
    first() >> update()

with DAG("unanswered", schedule=None, start_date=datetime(2024, 3, 1)):
    fetch = HttpOperator(task_id="fetch", http_conn_id="api", endpoint="orders")
    HttpOperator(task_id="post", http_conn_id="api", endpoint="{{ ti.xcom_pull(task_ids='fetch')['next'] }}") << fetch
