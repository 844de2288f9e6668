"""Airflow DAG `ledger_audit` (ledger.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from datetime import timedelta
from typing import Any

import dagster as dg

from ...airflow_compat.crossdag import other_dag_done
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.sensors import poke_until
from ..resources import SqliteResource, fetch_all

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 21 * * *",
    start="2024-03-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)

ledger_postings_dag = AirflowDag(
    dag_id="ledger_postings", airflow="3", cron="0 20 * * *", data_intervals=False
)


@dg.asset(
    key=["ledger_audit", "wait_for_postings"],
    deps=[["ledger_postings", "post_day"]],
    group_name="ledger_audit",
    partitions_def=intervals,
    owners=["team:finance_data"],
    tags={"finance": "", "audit": ""},
    metadata={"airflow/dag_id": "ledger_audit", "airflow/task_id": "wait_for_postings"},
)
def wait_for_postings(context: dg.AssetExecutionContext) -> None:
    poke_until(
        lambda: other_dag_done(
            context,
            ledger_postings_dag,
            context.partition_time_window.start - timedelta(hours=1),
            tasks=[["ledger_postings", "post_day"]],
            failed_states=["failed", "upstream_failed"],
        ),
        timeout=3600,
    )


@dg.asset(
    key=["ledger_audit", "difference"],
    deps=[["ledger_audit", "wait_for_postings"]],
    group_name="ledger_audit",
    partitions_def=intervals,
    owners=["team:finance_data"],
    kinds={"sql"},
    tags={"finance": "", "audit": ""},
    metadata={"airflow/dag_id": "ledger_audit", "airflow/task_id": "difference"},
)
def difference(context: dg.AssetExecutionContext, warehouse: SqliteResource) -> Any:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return warehouse.run(
        f"SELECT ROUND(debit - credit, 2) FROM postings WHERE day = '{ds}'", handler=fetch_all
    )


job = dg.define_asset_job(
    "ledger_audit",
    selection=dg.AssetSelection.groups("ledger_audit"),
    tags={"airflow/dag_id": "ledger_audit"},
)
schedule = dg.build_schedule_from_partitioned_job(job, name="ledger_audit_schedule")
