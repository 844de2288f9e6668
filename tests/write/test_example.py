"""The target of the design: a partitioned DAG of plain assets, written as a person would write it."""

from __future__ import annotations

import sys
from pathlib import Path

from migrator.dagster_model import (
    AssetCheck,
    Becomes,
    Carried,
    Code,
    EnvVariable,
    Import,
    Input,
    Job,
    Origin,
    Partitions,
    Project,
    Resource,
    ResourceUse,
    Retry,
    Schedule,
)
from migrator.write import Position, render, write
from migrator.write.runtime import Runtime

from .build import asset, body, carried, dag, dag_record, project, rewrite, source, task_record
from .loading import run

SQLITE = '''\
"""SQLite."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg


class SqliteResource(dg.ConfigurableResource):
    """A SQLite database (Airflow connection type `sqlite`)."""

    path: str

    @contextmanager
    def connect(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.path)
        try:
            with connection:
                yield connection
        finally:
            connection.close()
'''
RUNTIME = Runtime(resources={"sqlite": SQLITE})

FILE = source(
    '''\
"""Airflow (2.x), sales/daily_orders.py"""
import csv, os
from pathlib import Path

LANDING = Path(os.environ.get("LANDING", "landing"))

def extract_orders(ds, **context):
    """Read the day's orders from the landing folder."""
    # Shops upload late at night; a missing file is an empty day.
    path = LANDING / f"orders-{ds}.csv"
    if not path.exists():
        return []
    with path.open() as file:
        return list(csv.DictReader(file))

def load_orders(ds, ti, **context):
    orders = ti.xcom_pull(task_ids="extract_orders")
    with SqliteHook("warehouse").get_conn() as connection:
        connection.executemany("INSERT INTO orders VALUES (?, ?)", [(ds, order["id"]) for order in orders])
''',
    "sales/daily_orders.py",
)
DS = 'ds = context.partition_time_window.start.astimezone(UTC).strftime("%Y-%m-%d")'
UTC = Import("datetime", "UTC")


def example() -> Project:
    """The project of EXAMPLE.md."""
    extract, load = FILE.text.split("\n\n")[2:4]
    metadata = (("airflow/dag_id", "daily_orders"), ("airflow/task_id", "extract_orders"))
    imports = tuple(
        Carried(name, FILE, carried(FILE, text, name, "import").span, "import")
        for name, text in (("csv", "import csv, os"), ("Path", "from pathlib import Path"))
    )
    assets = (
        asset(
            "daily_orders/extract_orders",
            body=body(FILE, extract, preamble=(DS,), imports=(UTC,)),
            description="Read the day's orders from the landing folder.",
            partitioned=True,
            retry=Retry(2, 300),
            owners=("team:sales",),
            kinds=("python",),
            metadata=metadata,
            returns="list[dict[str, str]]",
            needs_context=True,
        ),
        asset(
            "mart/orders",
            body=body(
                FILE,
                load.rstrip("\n"),
                rewrite(FILE, 'orders = ti.xcom_pull(task_ids="extract_orders")', ""),
                rewrite(FILE, 'SqliteHook("warehouse").get_conn()', "warehouse.connect()"),
                preamble=(DS,),
                imports=(UTC,),
            ),
            function="load_orders",
            group="daily_orders",
            inputs=(Input("orders", ("daily_orders", "extract_orders"), "list[dict[str, str]]"),),
            resources=(ResourceUse("warehouse", "SqliteResource"),),
            partitioned=True,
            owners=("team:sales",),
            kinds=("sqlite", "sql"),
            metadata=(("dagster/table_name", "mart.orders"),),
            returns="None",
            needs_context=True,
        ),
    )
    check = AssetCheck(
        name="orders_present",
        asset=("mart", "orders"),
        body=Code(
            "with warehouse.connect() as connection:\n"
            '    (count,) = connection.execute("SELECT COUNT(*) FROM orders").fetchone()\n'
            'return dg.AssetCheckResult(passed=bool(count), metadata={"first_row": [count]})'
        ),
        origin=Origin("daily_orders", "orders_present"),
        resources=(ResourceUse("warehouse", "SqliteResource"),),
        description="Airflow task `orders_present`.",
    )
    module = dag(
        "daily_orders",
        *assets,
        docstring="Airflow DAG `daily_orders` (sales/daily_orders.py) as Dagster assets.\n\n"
        "Partitioned: its tasks read the data interval.",
        carried=(*imports, carried(FILE, 'LANDING = Path(os.environ.get("LANDING", "landing"))', "LANDING", "assign")),
        partitions=Partitions("0 6 * * *", "2024-01-01T06:00:00+0000", "UTC"),
        checks=(check,),
        job=Job("daily_orders", "daily_orders", Origin("daily_orders"), tags=(("airflow/dag_id", "daily_orders"),)),
        schedule=Schedule(
            "daily_orders_schedule", "daily_orders", ("0 6 * * *",), "UTC", Origin("daily_orders"), partitioned=True
        ),
    )
    return project(
        module,
        resources=(
            Resource(
                "warehouse",
                "SqliteResource",
                (("path", Code('dg.EnvVar("WAREHOUSE_PATH")')),),
                "sqlite",
                env=(EnvVariable("WAREHOUSE_PATH", "Path of the SQLite database `warehouse`.", "warehouse.db"),),
            ),
        ),
        records=(
            dag_record(
                "daily_orders",
                task_record("extract_orders", Becomes("asset", "extract_orders", ("daily_orders", "extract_orders"))),
                task_record("load_orders", Becomes("asset", "load_orders", ("mart", "orders"))),
                task_record(
                    "orders_present", Becomes("asset_check", "orders_present"), Becomes("resource", "warehouse")
                ),
                schedule="daily_orders_schedule",
                partitioned=True,
            ),
        ),
    )


EXPECTED = '''\
"""Airflow DAG `daily_orders` (sales/daily_orders.py) as Dagster assets.

Partitioned: its tasks read the data interval.
"""

import csv
import os
from datetime import UTC
from pathlib import Path

import dagster as dg

from ..resources import SqliteResource

LANDING = Path(os.environ.get("LANDING", "landing"))

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 6 * * *",
    start="2024-01-01T06:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
)


@dg.asset(
    key=["daily_orders", "extract_orders"],
    description="Read the day's orders from the landing folder.",
    group_name="daily_orders",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=2, delay=300),
    owners=["team:sales"],
    kinds={"python"},
    metadata={"airflow/dag_id": "daily_orders", "airflow/task_id": "extract_orders"},
)
def extract_orders(context: dg.AssetExecutionContext) -> list[dict[str, str]]:
    ds = context.partition_time_window.start.astimezone(UTC).strftime("%Y-%m-%d")
    # Shops upload late at night; a missing file is an empty day.
    path = LANDING / f"orders-{ds}.csv"
    if not path.exists():
        return []
    with path.open() as file:
        return list(csv.DictReader(file))


@dg.asset(
    key=["mart", "orders"],
    ins={"orders": dg.AssetIn(["daily_orders", "extract_orders"])},
    group_name="daily_orders",
    partitions_def=intervals,
    owners=["team:sales"],
    kinds={"sql", "sqlite"},
    metadata={"dagster/table_name": "mart.orders"},
)
def load_orders(
    context: dg.AssetExecutionContext, warehouse: SqliteResource, orders: list[dict[str, str]]
) -> None:
    ds = context.partition_time_window.start.astimezone(UTC).strftime("%Y-%m-%d")
    with warehouse.connect() as connection:
        connection.executemany("INSERT INTO orders VALUES (?, ?)", [(ds, order["id"]) for order in orders])


@dg.asset_check(asset=["mart", "orders"], blocking=True, description="Airflow task `orders_present`.")
def orders_present(warehouse: SqliteResource) -> dg.AssetCheckResult:
    with warehouse.connect() as connection:
        (count,) = connection.execute("SELECT COUNT(*) FROM orders").fetchone()
    return dg.AssetCheckResult(passed=bool(count), metadata={"first_row": [count]})


job = dg.define_asset_job(
    "daily_orders",
    selection=dg.AssetSelection.groups("daily_orders"),
    tags={"airflow/dag_id": "daily_orders"},
)
schedule = dg.build_schedule_from_partitioned_job(job, name="daily_orders_schedule")
'''


def test_the_example_as_it_should_look() -> None:
    rendered = render(example(), RUNTIME)
    assert rendered.findings == ()
    assert rendered.files["airflow_dags/defs/daily_orders/assets.py"] == EXPECTED


def test_positions_are_those_of_the_formatted_text() -> None:
    rendered = render(example(), RUNTIME)

    def lines(position: Position) -> tuple[str, str]:
        text = rendered.files[position.file].split("\n")
        return text[position.line - 1], text[position.end_line - 1]

    assert lines(rendered.becomes["daily_orders", "extract_orders", 0]) == (
        "@dg.asset(",
        "        return list(csv.DictReader(file))",
    )
    assert lines(rendered.becomes["daily_orders", "orders_present", 0])[0].startswith("@dg.asset_check(")
    assert (
        lines(rendered.becomes["daily_orders", "orders_present", 1])[0]
        .strip()
        .startswith('return dg.Definitions(resources={"warehouse"')
    )
    assert lines(rendered.automation["daily_orders", "job", "daily_orders"])[0] == "job = dg.define_asset_job("


def test_it_loads_and_its_own_tests_pass(tmp_path: Path) -> None:
    outcome = write(render(example(), RUNTIME), tmp_path / "defs")
    assert outcome.ok
    done = run(
        tmp_path / "defs",
        sys.executable,
        "-W",
        "error::DeprecationWarning",
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 passed" in done.stdout
