"""End-of-day closing of the stores, each at its own local hour."""

from __future__ import annotations

from datetime import timedelta

import pendulum
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import dag, task

TOKYO = pendulum.timezone("Asia/Tokyo")


@dag(
    dag_id="store_close_tokyo",
    schedule="30 0 * * *",  # half past midnight in Tokyo: still the previous day in UTC
    start_date=pendulum.datetime(2024, 3, 1, tz="Asia/Tokyo"),
    catchup=True,
    default_args={"owner": "store-ops", "retries": 1, "retry_delay": timedelta(minutes=5)},
    tags=["stores"],
)
def store_close_tokyo():
    @task
    def business_day(data_interval_start=None, ds=None) -> dict[str, str]:
        """The day that has just ended in the store, beside Airflow's UTC date."""
        local = data_interval_start.in_timezone(TOKYO)
        return {"ds": ds, "local": local.to_date_string(), "closed": local.subtract(days=1).to_date_string()}

    label = BashOperator(
        task_id="label",
        bash_command="echo close {{ ds }}, {{ data_interval_start.in_timezone('Asia/Tokyo').strftime('%d.%m %H:%M') }}",
    )
    business_day() >> label


@dag(
    dag_id="store_close_berlin",
    schedule="0 3 * * 1-6",
    start_date=pendulum.datetime(2024, 3, 1, tz="Europe/Berlin"),
    catchup=False,
    default_args={"owner": "store-ops"},
    tags=["stores"],
)
def store_close_berlin():
    BashOperator(
        task_id="till_report",
        bash_command="echo {{ ts }} {{ logical_date.in_tz('Europe/Berlin').format('YYYY-MM-DD[T]HH:mmZ') }}",
    )


store_close_tokyo()
store_close_berlin()
