"""Airflow 2: its own dates, Variables, hooks, SQL, checks, HTTP."""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.decorators import task
from airflow.models import Variable
from airflow.operators.bash import BashOperator
from airflow.operators.empty import EmptyOperator
from airflow.operators.python import PythonOperator
from airflow.providers.common.sql.operators.sql import (
    SQLCheckOperator,
    SQLExecuteQueryOperator,
    SQLValueCheckOperator,
)
from airflow.providers.http.operators.http import HttpOperator
from airflow.providers.sqlite.hooks.sqlite import SqliteHook


def dates(execution_date, next_ds, prev_ds, yesterday_ds, tomorrow_ds_nodash, data_interval_end, **kw):
    days = [str(day) for day in (execution_date, next_ds, prev_ds, yesterday_ds, tomorrow_ds_nodash)]
    return [*days, str(data_interval_end), str(kw["prev_execution_date"]), kw["run_id"], kw["ts_nodash_with_tz"]]


def from_hook(**context):
    hook = SqliteHook(sqlite_conn_id="warehouse")
    rows = hook.get_records("SELECT name FROM seen ORDER BY name")
    hook.insert_rows("seen", [("c",)], target_fields=["name"])
    with hook.get_conn() as connection:
        count = connection.execute("SELECT COUNT(*) FROM seen").fetchone()[0]
    return {"rows": rows, "count": count, "first": hook.get_first("SELECT 1, 'x'")}


def variables():
    rules = Variable.get("PRICING_RULES", deserialize_json=True)
    return [Variable.get("PRICE_MARKUP"), rules["rounding"], Variable.get("NOT_THERE", default_var=None)]


with DAG("legacy", schedule_interval="30 4 * * *", start_date=datetime(2024, 1, 1), catchup=False):
    PythonOperator(task_id="dates", python_callable=dates)
    BashOperator(
        task_id="context",
        bash_command="echo {{ execution_date }} {{ next_execution_date }} {{ prev_ds }} {{ next_ds_nodash }} {{ ds }} "
        "{{ run_id }} {{ dag_run.conf }} {{ test_mode }} {{ macros.datetime(2020, 1, 2) }} "
        "{{ execution_date.add(days=1).format('YYYY') }} {{ (execution_date + macros.timedelta(days=2)).day }}",
    )
    PythonOperator(task_id="variables", python_callable=variables)

    create = SQLExecuteQueryOperator(
        task_id="create",
        conn_id="warehouse",
        sql=["DROP TABLE IF EXISTS seen", "CREATE TABLE seen (name TEXT)"],
    )
    fill = SQLExecuteQueryOperator(
        task_id="fill",
        conn_id="warehouse",
        sql="INSERT INTO seen VALUES (:a), (:b)",
        parameters={"a": "a", "b": "{{ ds }}"},
    )
    read = SQLExecuteQueryOperator(
        task_id="read",
        conn_id="warehouse",
        sql="SELECT * FROM seen; SELECT COUNT(*) FROM seen",
        split_statements=True,
        return_last=False,
    )
    good = SQLCheckOperator(task_id="good", conn_id="warehouse", sql="SELECT COUNT(*) FROM seen")
    bad = SQLValueCheckOperator(
        task_id="bad",
        conn_id="warehouse",
        sql="SELECT COUNT(*) FROM seen",
        pass_value=7,
        retries=1,
        retry_delay=timedelta(seconds=1),
    )
    create >> fill >> read >> good >> PythonOperator(task_id="from_hook", python_callable=from_hook)
    good >> bad >> EmptyOperator(task_id="after_bad")

    HttpOperator(
        task_id="found",
        http_conn_id="shop_api",
        endpoint="rates",
        method="GET",
        response_filter=lambda response: sorted(response.json())[:2],
    )
    HttpOperator(task_id="lost", http_conn_id="shop_api", endpoint="nowhere/{{ ds }}", method="GET")
    HttpOperator(
        task_id="refused",
        http_conn_id="shop_api",
        endpoint="rates",
        method="GET",
        response_check=lambda response: False,
    )

    @task(multiple_outputs=True)
    def parts():
        return {"x": [1], "y": {"z": None}}

    @task
    def use(x, y, **context):
        return [x, y, context["ds"], context["ti"].xcom_pull(task_ids="parts", key="x")]

    made = parts()
    use(made["x"], made["y"])
