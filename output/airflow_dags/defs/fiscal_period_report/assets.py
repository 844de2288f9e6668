"""Airflow DAG `fiscal_period_report` (fiscal_period_report.py) as Dagster assets.

Runs when its own timetable, `FiscalPeriodTimetable`, plans it. Plain assets: every trigger rule is
all_success and nothing branches.
"""

from datetime import datetime

import dagster as dg
import pendulum

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.planned import request_planned
from ...lib.timetables.fiscal import FiscalPeriodTimetable

timetable = FiscalPeriodTimetable(first_period=pendulum.datetime(2024, 1, 1))

airflow_dag = AirflowDag(dag_id="fiscal_period_report", airflow="3", timetable=timetable)


@dg.asset(
    key=["fiscal_period_report", "period_bounds"],
    group_name="fiscal_period_report",
    owners=["team:controlling"],
    kinds={"python"},
    tags={"finance": ""},
    metadata={"airflow/dag_id": "fiscal_period_report", "airflow/task_id": "period_bounds"},
)
def period_bounds(context: dg.AssetExecutionContext) -> list:
    airflow = airflow_dag.context(context, task_id="period_bounds")
    data_interval_start = airflow["data_interval_start"]
    data_interval_end = airflow["data_interval_end"]
    return [data_interval_start.to_date_string(), data_interval_end.to_date_string()]


@dg.asset(
    key=["fiscal_period_report", "title"],
    deps=[["fiscal_period_report", "period_bounds"]],
    group_name="fiscal_period_report",
    owners=["team:controlling"],
    kinds={"bash"},
    tags={"finance": ""},
    metadata={"airflow/dag_id": "fiscal_period_report", "airflow/task_id": "title"},
)
def title(context: dg.AssetExecutionContext) -> str:
    airflow = airflow_dag.context(context, task_id="title")
    return run_bash(
        airflow.render("echo fiscal {{ data_interval_start | ds }}..{{ data_interval_end | ds }}")
    )


job = dg.define_asset_job(
    "fiscal_period_report",
    selection=dg.AssetSelection.groups("fiscal_period_report"),
    tags={"airflow/dag_id": "fiscal_period_report"},
)


@dg.sensor(job=job)
def fiscal_period_report_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Asks for each run that the timetable plans from the cut-over on."""
    return request_planned(
        context,
        timetable,
        start=datetime.fromisoformat("2024-01-01T00:00:00+00:00"),
        catchup=True,
        cutover=dg.EnvVar("MIGRATION_CUTOVER").get_value(),
    )
