"""Airflow DAG `ledger_postings` (ledger.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.trigger import request_run, requested_runs
from ..resources import SqliteResource, fetch_all

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 20 * * *",
    start="2024-03-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)

airflow_dag = AirflowDag(dag_id="ledger_postings", airflow="3", cron="0 20 * * *", data_intervals=False)

ledger_statement_dag = AirflowDag(dag_id="ledger_statement", airflow="3")


@dg.asset(
    key=["ledger_postings", "post_day"],
    group_name="ledger_postings",
    partitions_def=intervals,
    owners=["team:finance_data"],
    kinds={"sql"},
    tags={"finance": ""},
    metadata={
        "airflow/dag_id": "ledger_postings",
        "airflow/task_id": "post_day",
        "dagster/table_name": "postings",
    },
)
def post_day(context: dg.AssetExecutionContext, warehouse: SqliteResource) -> Any:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return warehouse.run(
        [
            "CREATE TABLE IF NOT EXISTS postings (day TEXT PRIMARY KEY, debit REAL, credit REAL)",
            f"""INSERT OR REPLACE INTO postings
               SELECT booked_on, SUM(debit), SUM(credit) FROM ledger_entries
                WHERE booked_on = '{ds}' GROUP BY booked_on""",
        ],
        handler=fetch_all,
    )


@dg.asset(
    key=["ledger_postings", "start_statement"],
    deps=[["ledger_postings", "post_day"]],
    group_name="ledger_postings",
    partitions_def=intervals,
    owners=["team:finance_data"],
    tags={"finance": ""},
    metadata={"airflow/dag_id": "ledger_postings", "airflow/task_id": "start_statement"},
)
def start_statement(context: dg.AssetExecutionContext) -> dict[str, Any]:
    airflow = airflow_dag.context(context, task_id="start_statement")
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    ds_nodash = context.partition_time_window.start.strftime("%Y%m%d")
    logical_date = airflow["logical_date"]
    return request_run(
        context,
        ledger_statement_dag,
        ["ledger_postings", "start_statement"],
        conf={"day": ds, "detail": True},
        run_id=f"statement_{ds_nodash}",
        logical_date=f"{logical_date}",
    )


@dg.asset(
    key=["ledger_postings", "audit_marker"],
    deps=[["ledger_postings", "post_day"]],
    group_name="ledger_postings",
    partitions_def=intervals,
    owners=["team:finance_data"],
    tags={"finance": ""},
    metadata={"airflow/dag_id": "ledger_postings", "airflow/task_id": "audit_marker"},
)
def audit_marker() -> None:
    pass


job = dg.define_asset_job(
    "ledger_postings",
    selection=dg.AssetSelection.groups("ledger_postings"),
    tags={"airflow/dag_id": "ledger_postings"},
)
schedule = dg.build_schedule_from_partitioned_job(job, name="ledger_postings_schedule")


@dg.sensor(job_name="ledger_statement")
def ledger_postings_start_statement_sensor(
    context: dg.SensorEvaluationContext,
) -> dg.SensorResult | dg.RunRequest | dg.SkipReason | None:
    return requested_runs(
        context,
        ledger_statement_dag,
        ["ledger_postings", "start_statement"],
        params={"ledger_statement_params": ["detail"]},
    )
