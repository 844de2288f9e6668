"""Waits for the suppliers' availability files, six-hourly, and refreshes the purchasing table.

The suppliers upload a data file and, when it is complete, an empty `.done` file.
"""

from __future__ import annotations

import csv
import os
from datetime import datetime, timedelta
from pathlib import Path

from airflow.providers.sqlite.hooks.sqlite import SqliteHook
from airflow.providers.standard.sensors.date_time import DateTimeSensor
from airflow.providers.standard.sensors.filesystem import FileSensor
from airflow.providers.standard.sensors.python import PythonSensor
from airflow.providers.standard.sensors.time_delta import TimeDeltaSensor
from airflow.sdk import DAG, PokeReturnValue, task

LANDING_DIR = Path(os.environ["LANDING_DIR"])


def file_is_stable(path: str, least_bytes: int) -> bool:
    """True when the file is there and no longer a stub."""
    file = Path(path)
    return file.exists() and file.stat().st_size >= least_bytes


with DAG(
    dag_id="supplier_feed",
    schedule=timedelta(hours=6),
    start_date=datetime(2024, 3, 1),
    catchup=False,
    dagrun_timeout=timedelta(hours=5),
    default_args={"owner": "purchasing", "poke_interval": 5, "timeout": 600},
    tags=["purchasing"],
) as dag:
    after_upload_window = TimeDeltaSensor(task_id="after_upload_window", delta=timedelta(minutes=30))
    not_before = DateTimeSensor(
        task_id="not_before", target_time="{{ data_interval_end.replace(minute=0) }}", mode="reschedule"
    )
    done_file = FileSensor(
        task_id="done_file",
        fs_conn_id="landing_zone",
        filepath="suppliers/availability_{{ ds_nodash }}.done",
    )
    data_stable = PythonSensor(
        task_id="data_stable",
        python_callable=file_is_stable,
        op_kwargs={
            "path": str(LANDING_DIR / "suppliers" / "availability_{{ ds_nodash }}.csv"),
            "least_bytes": 40,
        },
        mode="reschedule",
        soft_fail=True,
    )

    @task.sensor(poke_interval=5, timeout=120, mode="poke")
    def supplier_count(ds_nodash: str | None = None) -> PokeReturnValue:
        """Done when at least two suppliers have delivered; hands their names on."""
        with open(LANDING_DIR / "suppliers" / f"availability_{ds_nodash}.csv", newline="") as file:
            suppliers = sorted({line["supplier"] for line in csv.DictReader(file)})
        return PokeReturnValue(is_done=len(suppliers) >= 2, xcom_value=suppliers)

    @task
    def load_availability(suppliers: list[str], ds_nodash: str | None = None) -> dict[str, int]:
        units = dict.fromkeys(suppliers, 0)
        with open(LANDING_DIR / "suppliers" / f"availability_{ds_nodash}.csv", newline="") as file:
            for line in csv.DictReader(file):
                units[line["supplier"]] += int(line["available"])
        hook = SqliteHook("warehouse")
        hook.run("CREATE TABLE IF NOT EXISTS supplier_units (supplier TEXT PRIMARY KEY, units INTEGER)")
        hook.insert_rows("supplier_units", sorted(units.items()), target_fields=["supplier", "units"], replace=True)
        return units

    counted = supplier_count()
    [after_upload_window, not_before] >> done_file >> data_stable >> counted
    load_availability(counted)
