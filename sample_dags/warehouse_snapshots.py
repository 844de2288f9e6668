"""Nightly CSV snapshot of the core warehouse tables, one chain of tasks per table.

A new table needs one line in TABLES.
"""

from __future__ import annotations

import csv
import hashlib
from datetime import datetime, timedelta
from pathlib import Path

from airflow.providers.sqlite.hooks.sqlite import SqliteHook
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, Variable, chain

TABLES = {
    "customers": {"key": "customer_id", "pii": True},
    "products": {"key": "sku", "pii": False},
    "stores": {"key": "store_id", "pii": False},
}
SNAPSHOT_DIR = Path(Variable.get("export_dir", default="/var/exports")) / "snapshots"


def snapshot_table(table: str, key: str, day: str) -> str:
    """Write one table to a dated folder; the file's name is relative to the snapshot folder."""
    with SqliteHook(sqlite_conn_id="warehouse").get_conn() as connection:
        cursor = connection.execute(f"SELECT * FROM {table} ORDER BY {key}")
        header, rows = [column[0] for column in cursor.description], cursor.fetchall()
    target = SNAPSHOT_DIR / day / f"{table}.csv"
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return f"{day}/{table}.csv"


def mask_names(snapshot: str) -> int:
    """Replace names by a digest: the snapshots are shared with other teams."""
    path = SNAPSHOT_DIR / snapshot
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        for row in rows:
            writer.writerow(row | {"name": hashlib.sha256(row["name"].encode()).hexdigest()[:12]})
    return len(rows)


with DAG(
    dag_id="warehouse_snapshots",
    schedule="@daily",
    start_date=datetime(2024, 2, 1),
    catchup=False,
    default_args={
        "owner": "platform",
        "pool": "warehouse_reads",
        "retries": 1,
        "retry_delay": timedelta(seconds=30),
        "execution_timeout": timedelta(minutes=10),
    },
    tags=["platform", "backup"],
) as dag:
    begin = EmptyOperator(task_id="begin")
    done = EmptyOperator(task_id="done")

    for table, options in TABLES.items():
        snapshot = PythonOperator(
            task_id=f"snapshot_{table}",
            python_callable=snapshot_table,
            op_kwargs={"table": table, "key": options["key"], "day": "{{ ds }}"},
            doc_md=f"Snapshot of `{table}`, ordered by `{options['key']}`.",
        )
        if options["pii"]:
            mask = PythonOperator(
                task_id=f"mask_{table}",
                python_callable=mask_names,
                op_args=[snapshot.output],
                priority_weight=5,
            )
            chain(begin, snapshot, mask, done)
        else:
            chain(begin, snapshot, done)
