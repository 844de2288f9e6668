"""What tasks push before they fail or are skipped stays, until they are tried again."""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.decorators import task
from airflow.exceptions import AirflowSkipException
from airflow.operators.python import PythonOperator


def fails(ti):
    ti.xcom_push(key="rows", value=3)
    if ti.try_number == 1:
        ti.xcom_push(key="first", value=1)
    raise ValueError("no such table")


def skips(**context):
    context["ti"].xcom_push(key="rows", value=4)
    raise AirflowSkipException("nothing to do")


def fails_by_its_name(**context):
    ti = context["ti"]
    key = ti.task_id
    ti.xcom_push(key=key, value=[1, 2])
    raise ValueError("no such table")


def reads(ti):
    found = {"fails": ti.xcom_pull(task_ids="fails"), "first": ti.xcom_pull(task_ids="fails", key="first")}
    rows = [ti.xcom_pull(task_ids=name, key="rows") for name in ("fails", "skips")]
    return {**found, "rows": rows, "named": ti.xcom_pull(task_ids="named", key="named")}


with DAG("pushes", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False):

    @task
    def fails_at_one(item, ti=None):
        ti.xcom_push(key="item", value=item)
        if item == 1:
            raise ValueError("no such item")
        return item * 10

    @task(trigger_rule="all_done")
    def reads_all(ti=None):
        items, returned = ti.xcom_pull("fails_at_one", key="item"), ti.xcom_pull(task_ids="fails_at_one")
        return [list(items), list(returned)]

    failing = PythonOperator(task_id="fails", python_callable=fails, retries=1, retry_delay=timedelta(seconds=1))
    skipping = PythonOperator(task_id="skips", python_callable=skips)
    named = PythonOperator(task_id="named", python_callable=fails_by_its_name)
    [failing, skipping, named] >> PythonOperator(task_id="reads", python_callable=reads, trigger_rule="all_done")
    fails_at_one.expand(item=[0, 1, 2]) >> reads_all()
