"""XComs that are not plainly there: of no task, of a key nobody pushes, of another day, of a task named at run time."""

from datetime import datetime

from airflow import DAG
from airflow.models import Variable
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator


def count(ti):
    ti.xcom_push(key="rows", value=3)


def beside(ti):
    return ti.xcom_pull(task_ids="count", key="rows")


def missing(ti):
    return ti.xcom_pull(task_ids="nowhere"), ti.xcom_pull(task_ids="count", key="columns")


def yesterday(ti):
    return ti.xcom_pull(task_ids="count", key="rows", include_prior_dates=True)


def elsewhere(ti):
    return ti.xcom_pull(dag_id="another", task_ids="total")


def named(ti):
    return ti.xcom_pull(task_ids=Variable.get("which_task"))


PUSHING = "echo {{ ti.xcom_push(key='size', value=4) }} pushed"

with DAG("xcom_in_doubt", schedule_interval="@daily", start_date=datetime(2024, 1, 1), catchup=False):
    counted = PythonOperator(task_id="count", python_callable=count)
    PythonOperator(task_id="beside", python_callable=beside)
    PythonOperator(task_id="anything", python_callable=named)
    for function in (missing, yesterday, elsewhere, named):
        counted >> PythonOperator(task_id=function.__name__, python_callable=function)
    counted >> BashOperator(task_id="told", bash_command="echo {{ ti.xcom_pull(task_ids='count', key='rows') }}")
    pushed = BashOperator(task_id="pushed", bash_command="echo {{ ti.xcom_push(key='size', value=3) }} pushed")
    unsaid = BashOperator(task_id="unsaid", bash_command=PUSHING, do_xcom_push=False)
    [pushed, unsaid] >> BashOperator(
        task_id="sizes",
        bash_command="echo {{ ti.xcom_pull(task_ids='pushed', key='size') + ti.xcom_pull(task_ids='unsaid', key='size') }}",
    )

with DAG("xcom_of_other_dags", schedule_interval=None, start_date=datetime(2024, 1, 1)):
    number = PythonOperator(task_id="number", python_callable=lambda: 3)
    foreign = BashOperator(
        task_id="foreign",
        bash_command="echo {{ ti.xcom_pull('number', dag_id='another') or ti.xcom_pull('number', include_prior_dates=True) }}",
    )
    number >> [BashOperator(task_id="own", bash_command=f"echo {number.output}"), foreign]
