"""Airflow DAG `warehouse_snapshots` (warehouse_snapshots.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

import csv
import hashlib
import os
from pathlib import Path
from typing import Any

import dagster as dg

from ...airflow_compat.task import airflow_task
from ..resources import SqliteResource

SNAPSHOT_DIR = Path(os.environ.get("AIRFLOW_VAR_EXPORT_DIR", "/var/exports")) / "snapshots"

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-02-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)


def snapshot_table(table: str, key: str, day: str, *, warehouse) -> str:
    """Write one table to a dated folder; the file's name is relative to the snapshot folder."""
    with warehouse.get_conn() as connection:
        cursor = connection.execute(f"SELECT * FROM {table} ORDER BY {key}")
        header, rows = [column[0] for column in cursor.description], cursor.fetchall()
    target = SNAPSHOT_DIR / day / f"{table}.csv"
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return f"{day}/{table}.csv"


@dg.asset(
    key=["warehouse_snapshots", "begin"],
    group_name="warehouse_snapshots",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=1, delay=30),
    pool="warehouse_reads",
    owners=["team:platform"],
    tags={"platform": "", "backup": ""},
    metadata={"airflow/dag_id": "warehouse_snapshots", "airflow/task_id": "begin"},
)
@airflow_task(execution_timeout=600)
def begin() -> None:
    pass


@dg.asset(
    key=["warehouse_snapshots", "snapshot_customers"],
    deps=[["warehouse_snapshots", "begin"]],
    description="Snapshot of `customers`, ordered by `customer_id`.",
    group_name="warehouse_snapshots",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=1, delay=30),
    pool="warehouse_reads",
    owners=["team:platform"],
    kinds={"python"},
    tags={"platform": "", "backup": ""},
    metadata={"airflow/dag_id": "warehouse_snapshots", "airflow/task_id": "snapshot_customers"},
)
@airflow_task(execution_timeout=600)
def snapshot_customers(context: dg.AssetExecutionContext, warehouse: SqliteResource) -> str:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return snapshot_table(table="customers", key="customer_id", day=ds, warehouse=warehouse)


@dg.asset(
    key=["warehouse_snapshots", "mask_customers"],
    ins={"snapshot": dg.AssetIn(["warehouse_snapshots", "snapshot_customers"])},
    description="Replace names by a digest: the snapshots are shared with other teams.",
    group_name="warehouse_snapshots",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=1, delay=30),
    pool="warehouse_reads",
    owners=["team:platform"],
    kinds={"python"},
    tags={"platform": "", "backup": ""},
    op_tags={"dagster/priority": "5"},
    metadata={"airflow/dag_id": "warehouse_snapshots", "airflow/task_id": "mask_customers"},
)
@airflow_task(execution_timeout=600)
def mask_customers(snapshot: Any) -> int:
    path = SNAPSHOT_DIR / snapshot
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        for row in rows:
            writer.writerow(row | {"name": hashlib.sha256(row["name"].encode()).hexdigest()[:12]})
    return len(rows)


@dg.asset(
    key=["warehouse_snapshots", "snapshot_products"],
    deps=[["warehouse_snapshots", "begin"]],
    description="Snapshot of `products`, ordered by `sku`.",
    group_name="warehouse_snapshots",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=1, delay=30),
    pool="warehouse_reads",
    owners=["team:platform"],
    kinds={"python"},
    tags={"platform": "", "backup": ""},
    metadata={"airflow/dag_id": "warehouse_snapshots", "airflow/task_id": "snapshot_products"},
)
@airflow_task(execution_timeout=600)
def snapshot_products(context: dg.AssetExecutionContext, warehouse: SqliteResource) -> str:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return snapshot_table(table="products", key="sku", day=ds, warehouse=warehouse)


@dg.asset(
    key=["warehouse_snapshots", "snapshot_stores"],
    deps=[["warehouse_snapshots", "begin"]],
    description="Snapshot of `stores`, ordered by `store_id`.",
    group_name="warehouse_snapshots",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=1, delay=30),
    pool="warehouse_reads",
    owners=["team:platform"],
    kinds={"python"},
    tags={"platform": "", "backup": ""},
    metadata={"airflow/dag_id": "warehouse_snapshots", "airflow/task_id": "snapshot_stores"},
)
@airflow_task(execution_timeout=600)
def snapshot_stores(context: dg.AssetExecutionContext, warehouse: SqliteResource) -> str:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return snapshot_table(table="stores", key="store_id", day=ds, warehouse=warehouse)


@dg.asset(
    key=["warehouse_snapshots", "done"],
    deps=[
        ["warehouse_snapshots", "mask_customers"],
        ["warehouse_snapshots", "snapshot_products"],
        ["warehouse_snapshots", "snapshot_stores"],
    ],
    group_name="warehouse_snapshots",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=1, delay=30),
    pool="warehouse_reads",
    owners=["team:platform"],
    tags={"platform": "", "backup": ""},
    metadata={"airflow/dag_id": "warehouse_snapshots", "airflow/task_id": "done"},
)
@airflow_task(execution_timeout=600)
def done() -> None:
    pass


job = dg.define_asset_job(
    "warehouse_snapshots",
    selection=dg.AssetSelection.groups("warehouse_snapshots"),
    tags={"airflow/dag_id": "warehouse_snapshots"},
)
schedule = dg.build_schedule_from_partitioned_job(job, name="warehouse_snapshots_schedule")
