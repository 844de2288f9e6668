"""Airflow DAG `gated_by_several` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Its runs begin when their sensors would let them go on
(--root-sensors). Plain assets: every trigger rule is all_success and nothing branches.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.context import AirflowContext
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.gates import request_when
from ...airflow_compat.sensors import has_passed, rows_ready
from ..resources import FileSystemResource, SqlResource

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 */6 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
)

airflow_dag = AirflowDag(dag_id="gated_by_several", airflow="2", cron="0 */6 * * *")


@dg.asset(
    key=["gated_by_several", "work"],
    group_name="gated_by_several",
    partitions_def=intervals,
    kinds={"bash"},
    metadata={"airflow/dag_id": "gated_by_several", "airflow/task_id": "work"},
)
def work(context: dg.AssetExecutionContext) -> str:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return run_bash(f"echo {ds}")


job = dg.define_asset_job(
    "gated_by_several",
    selection=dg.AssetSelection.groups("gated_by_several"),
    tags={"airflow/dag_id": "gated_by_several"},
)


@dg.sensor(job=job)
def gated_by_several_sensor(
    context: dg.SensorEvaluationContext, fs_default: FileSystemResource, warehouse: SqlResource
) -> dg.SensorResult | dg.SkipReason:
    """Asks for each run that has fallen due when `file` and `later` and `row` would let it go on."""

    def file_holds(airflow: AirflowContext) -> Any:
        ds = airflow["ds"]
        return fs_default.exists(f"in/{ds}.csv")

    def later_holds(airflow: AirflowContext) -> Any:
        return has_passed(airflow.render("{{ data_interval_end + macros.timedelta(hours=1) }}"))

    def row_holds(airflow: AirflowContext) -> Any:
        ds = airflow["ds"]
        return rows_ready(warehouse.get_records(f"SELECT 1 FROM days WHERE day = '{ds}'"))

    return request_when(
        context,
        intervals,
        airflow_dag,
        [file_holds, later_holds, row_holds],
        catchup=True,
        cutover=dg.EnvVar("MIGRATION_CUTOVER").get_value(),
    )
