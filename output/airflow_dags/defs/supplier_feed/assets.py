"""Airflow DAG `supplier_feed` (supplier_feed.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

import csv
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import dagster as dg

from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.sensors import PokeReturnValue, poke_until, wait_until
from ...airflow_compat.task import airflow_task
from ..resources import FileSystemResource, SqliteResource

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 */6 * * *",
    start="2024-03-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)


def file_is_stable(path: str, least_bytes: int) -> bool:
    """True when the file is there and no longer a stub."""
    file = Path(path)
    return file.exists() and file.stat().st_size >= least_bytes


def supplier_count(ds_nodash: str | None = None) -> Any:
    """Done when at least two suppliers have delivered; hands their names on."""
    LANDING_DIR = Path(os.environ["LANDING_DIR"])
    with open(LANDING_DIR / "suppliers" / f"availability_{ds_nodash}.csv", newline="") as file:
        suppliers = sorted({line["supplier"] for line in csv.DictReader(file)})
    return PokeReturnValue(is_done=len(suppliers) >= 2, xcom_value=suppliers)


airflow_dag = AirflowDag(dag_id="supplier_feed", airflow="3", cron="0 */6 * * *", data_intervals=False)


@dg.asset(
    key=["supplier_feed", "after_upload_window"],
    group_name="supplier_feed",
    partitions_def=intervals,
    owners=["team:purchasing"],
    tags={"purchasing": ""},
    metadata={"airflow/dag_id": "supplier_feed", "airflow/task_id": "after_upload_window"},
)
def after_upload_window(context: dg.AssetExecutionContext) -> None:
    airflow = airflow_dag.context(context, task_id="after_upload_window")
    wait_until(
        (airflow.get("data_interval_end") or airflow["dag_run"].run_after) + timedelta(minutes=30),
        poke_interval=5,
        timeout=600,
    )


@dg.asset(
    key=["supplier_feed", "not_before"],
    group_name="supplier_feed",
    partitions_def=intervals,
    owners=["team:purchasing"],
    tags={"purchasing": ""},
    metadata={"airflow/dag_id": "supplier_feed", "airflow/task_id": "not_before"},
)
def not_before(context: dg.AssetExecutionContext) -> None:
    airflow = airflow_dag.context(context, task_id="not_before")
    wait_until(airflow.render("{{ data_interval_end.replace(minute=0) }}"), poke_interval=5, timeout=600)


@dg.asset(
    key=["supplier_feed", "done_file"],
    deps=[["supplier_feed", "after_upload_window"], ["supplier_feed", "not_before"]],
    group_name="supplier_feed",
    partitions_def=intervals,
    owners=["team:purchasing"],
    tags={"purchasing": ""},
    metadata={"airflow/dag_id": "supplier_feed", "airflow/task_id": "done_file"},
)
def done_file(context: dg.AssetExecutionContext, landing_zone: FileSystemResource) -> None:
    ds_nodash = context.partition_time_window.start.strftime("%Y%m%d")
    poke_until(
        lambda: landing_zone.exists(f"suppliers/availability_{ds_nodash}.done"), poke_interval=5, timeout=600
    )


@dg.asset(
    key=["supplier_feed", "data_stable"],
    deps=[["supplier_feed", "done_file"]],
    description="True when the file is there and no longer a stub.",
    group_name="supplier_feed",
    partitions_def=intervals,
    output_required=False,
    owners=["team:purchasing"],
    tags={"purchasing": ""},
    metadata={"airflow/dag_id": "supplier_feed", "airflow/task_id": "data_stable"},
)
@airflow_task()
def data_stable(context: dg.AssetExecutionContext) -> Any:
    airflow = airflow_dag.context(context, task_id="data_stable")
    return poke_until(
        lambda: file_is_stable(
            path=airflow.render(
                str((Path(os.environ["LANDING_DIR"]) / "suppliers") / "availability_{{ ds_nodash }}.csv")
            ),
            least_bytes=40,
        ),
        poke_interval=5,
        timeout=600,
        soft_fail=True,
    )


@dg.asset(
    key=["supplier_feed", "supplier_count"],
    deps=[["supplier_feed", "data_stable"]],
    description="Done when at least two suppliers have delivered; hands their names on.",
    group_name="supplier_feed",
    partitions_def=intervals,
    owners=["team:purchasing"],
    tags={"purchasing": ""},
    metadata={"airflow/dag_id": "supplier_feed", "airflow/task_id": "supplier_count"},
)
def supplier_count_asset(context: dg.AssetExecutionContext) -> Any:
    return poke_until(
        lambda: supplier_count(ds_nodash=context.partition_time_window.start.strftime("%Y%m%d")),
        poke_interval=5,
        timeout=120,
    )


@dg.asset(
    key=["supplier_feed", "load_availability"],
    ins={"suppliers": dg.AssetIn(["supplier_feed", "supplier_count"])},
    group_name="supplier_feed",
    partitions_def=intervals,
    owners=["team:purchasing"],
    kinds={"python"},
    tags={"purchasing": ""},
    metadata={"airflow/dag_id": "supplier_feed", "airflow/task_id": "load_availability"},
)
@airflow_task(multiple_outputs=True)
def load_availability(context: dg.AssetExecutionContext, warehouse: SqliteResource, suppliers: Any) -> Any:
    ds_nodash = context.partition_time_window.start.strftime("%Y%m%d")
    LANDING_DIR = Path(os.environ["LANDING_DIR"])
    units = dict.fromkeys(suppliers, 0)
    with open(LANDING_DIR / "suppliers" / f"availability_{ds_nodash}.csv", newline="") as file:
        for line in csv.DictReader(file):
            units[line["supplier"]] += int(line["available"])
    hook = warehouse
    hook.run("CREATE TABLE IF NOT EXISTS supplier_units (supplier TEXT PRIMARY KEY, units INTEGER)")
    hook.insert_rows(
        "supplier_units", sorted(units.items()), target_fields=["supplier", "units"], replace=True
    )
    return units


job = dg.define_asset_job(
    "supplier_feed",
    selection=dg.AssetSelection.groups("supplier_feed"),
    tags={"airflow/dag_id": "supplier_feed", "dagster/max_runtime": "18000"},
)
schedule = dg.build_schedule_from_partitioned_job(job, name="supplier_feed_schedule")
