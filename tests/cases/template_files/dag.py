"""Files that templated arguments name: alone, in lists and dicts, with suffixes of the task's own, mapped over, missing."""

from datetime import datetime

from airflow.decorators import dag, task
from airflow.operators.python import PythonOperator
from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator

STEPS = ["clean.sql", "load.sql"]


def show(query, limit):
    print(query, limit)


@dag(schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False)
def template_files():
    SQLExecuteQueryOperator(task_id="one", conn_id="sqlite_default", sql="load.sql")
    SQLExecuteQueryOperator(task_id="several", conn_id="sqlite_default", sql=["clean.sql", "load.sql", "VACUUM"])
    SQLExecuteQueryOperator(task_id="constant", conn_id="sqlite_default", sql=STEPS)
    PythonOperator(
        task_id="own_suffix",
        python_callable=show,
        op_kwargs={"query": "load.sql", "limit": 10},
        templates_exts=[".sql"],
    )
    PythonOperator(task_id="only_a_name", python_callable=show, op_args=["load.sql", 10])

    @task(templates_exts=[".sql"])
    def read(queries):
        return [len(query) for query in queries]

    read(["clean.sql", "load.sql"])

    @task(templates_dict={"query": "load.sql"}, templates_exts=[".sql"])
    def read_dict(templates_dict):
        return templates_dict["query"]

    read_dict()


template_files()


@dag(schedule=None, start_date=datetime(2024, 1, 1))
def missing_template_files():
    PythonOperator(task_id="missing", python_callable=show, op_args=["gone.sql", 10], templates_exts=[".sql"])


missing_template_files()


@dag(schedule=None, start_date=datetime(2024, 1, 1))
def mapped_template_files():
    SQLExecuteQueryOperator.partial(task_id="mapped", conn_id="sqlite_default").expand(sql=STEPS)


mapped_template_files()
