"""Revenue per fiscal period, on the finance department's own calendar."""

from __future__ import annotations

import pendulum
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, task
from timetables.fiscal import FiscalPeriodTimetable

with DAG(
    dag_id="fiscal_period_report",
    schedule=FiscalPeriodTimetable(first_period=pendulum.datetime(2024, 1, 1)),
    start_date=pendulum.datetime(2024, 1, 1),
    catchup=True,
    default_args={"owner": "controlling"},
    tags=["finance"],
) as dag:

    @task
    def period_bounds(data_interval_start=None, data_interval_end=None) -> list[str]:
        return [data_interval_start.to_date_string(), data_interval_end.to_date_string()]

    period_bounds() >> BashOperator(
        task_id="title",
        bash_command="echo fiscal {{ data_interval_start | ds }}..{{ data_interval_end | ds }}",
    )
