"""The sample DAGs: which file, which runs, on which Airflow, and what must come of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Run:
    """One run of a sample and what it must leave behind, on real Airflow."""

    logical_date: str  # ISO, with offset
    run_type: str = "scheduled"
    conf: dict[str, Any] = field(default_factory=dict)
    state: str = "success"
    tasks: dict[str, str] = field(
        default_factory=dict
    )  # task id or "id[map index]" -> state, where not plain success
    tries: dict[str, int] = field(default_factory=dict)  # where not 1
    xcoms: dict[str, Any] = field(default_factory=dict)  # "task", "task[map index]" or "task:key" -> value
    triggers: tuple[str, ...] = ()  # the DAGs whose runs it makes; they are samples too


@dataclass(frozen=True)
class Sample:
    dag_id: str
    file: str  # relative to sample_dags/
    constructs: tuple[str, ...]
    runs: tuple[Run, ...] = ()
    rows: dict[str, list[tuple[Any, ...]]] = field(
        default_factory=dict
    )  # SQL on the warehouse, after all runs -> rows
    exports: dict[str, str] = field(default_factory=dict)  # file below exports/, after all runs -> its text
    airflow: str = "3"
    executed: bool = True
    reason: str = ""  # why it is not executed
    untranslatable: str = ""  # what in it has no Dagster equivalent, though Airflow runs it


def day(date: str, time: str = "00:00", **expects: Any) -> Run:
    return Run(f"{date}T{time}:00+00:00", **expects)


SAMPLES = (
    Sample(
        "daily_sales_etl",
        "daily_sales_etl.py",
        ("templates", "backfill", "end_date", "bash", "sql", "templates_dict", "op_kwargs", "xcom in jinja"),
        (
            day("2024-03-04", "06:00", xcoms={"merge_store_files": "sales_20240304.csv", "load_staging": 5}),
            day("2024-03-05", "06:00", xcoms={"merge_store_files": "sales_20240305.csv", "load_staging": 4}),
        ),
        rows={
            "SELECT sales_date, sku, units, revenue, revenue_day_before FROM fct_daily_sales ORDER BY 1, 2": [
                ("2024-03-04", "MUG-010", 1, 12.0, None),
                ("2024-03-04", "POT-100", 1, 38.9, None),
                ("2024-03-04", "TEA-001", 4, 18.0, None),
                ("2024-03-04", "TEA-002", 2, 12.5, None),
                ("2024-03-05", "MUG-010", 2, 24.0, 12.0),
                ("2024-03-05", "POT-100", 1, 38.9, 38.9),
                ("2024-03-05", "TEA-001", 2, 9.0, 18.0),
                ("2024-03-05", "TEA-002", 4, 25.0, 12.5),
            ]
        },
        exports={
            "sales_summary_2024-03-05.txt": "sales of 2024-03-05, "
            "window 2024-03-05 06:00:00+00:00, 4 lines\n",
        },
    ),
    Sample(
        "fx_rates",
        "fx_rates.py",
        ("taskflow", "multiple_outputs", "http hook", "Variable in task", "get_current_context", "@daily"),
        (
            day(
                "2024-03-04",
                xcoms={
                    "split_rates:base": "EUR",
                    "split_rates:minor": {"JPY": 162.9},
                    "cross_rates": {
                        "EURUSD": 1.0855,
                        "EURGBP": 0.8553,
                        "USDGBP": 0.787932,
                        "GBPUSD": 1.269145,
                    },
                    "publish": "rates_20240304.json",
                },
            ),
        ),
        exports={
            "fx/rates_20240304.json": '{"date": "2024-03-04", "minor": 1, "rates": '
            '{"EURGBP": 0.8553, "EURUSD": 1.0855, "GBPUSD": 1.269145, "USDGBP": 0.787932}}'
        },
    ),
    Sample(
        "customer_segments",
        "customer_segments.py",
        ("xcom by key", "xcom in jinja", "**kwargs", "op_args", "bash env", "weekly cron"),
        (
            day(
                "2024-03-04",
                "04:30",
                xcoms={
                    "score_customers": 5,
                    "score_customers:regular_customers": ["Dario"],
                    "score_german_customers:vip_count": 1,
                    "compare_with_total": {
                        "total": 5,
                        "vips": ["Ada", "Chiyo"],
                        "vip_share": 0.4,
                        "german_vips": ["Ada"],
                    },
                    "write_crm_file": "5 customers, 2 vip: Ada+Chiyo",
                },
            ),
        ),
        exports={"crm_segments.txt": "5 customers, 2 vip: Ada+Chiyo\n"},
    ),
    Sample(
        "warehouse_snapshots",
        "warehouse_snapshots.py",
        (
            "loop of tasks",
            "Variable at top level",
            "pool",
            "chain",
            ".output",
            "execution_timeout",
            "sqlite hook",
        ),
        (day("2024-03-04", xcoms={"snapshot_products": "2024-03-04/products.csv", "mask_customers": 5}),),
        exports={
            "snapshots/2024-03-04/stores.csv": "store_id,city,country,timezone\n"
            "101,Berlin,DE,Europe/Berlin\n102,Tokyo,JP,Asia/Tokyo\n"
        },
    ),
    Sample(
        "carrier_invoices_dhl",
        "carrier_invoices.py",
        ("DAG factory", "several DAGs in a file", "DAG(**kwargs)", "globals()", "helper module"),
        (day("2024-03-04", "05:00", xcoms={"summarise_invoice": {"parcels": 3, "total": 33.0}}),),
        rows={"SELECT * FROM carrier_costs WHERE carrier = 'dhl'": [("dhl", "2024-03-04", 3, 33.0)]},
    ),
    Sample(
        "carrier_invoices_ups",
        "carrier_invoices.py",
        ("DAG factory", "several DAGs in a file", "helper module"),
        (day("2024-03-04", "05:30", xcoms={"summarise_invoice": {"parcels": 2, "total": 20.9}}),),
        rows={"SELECT * FROM carrier_costs WHERE carrier = 'ups'": [("ups", "2024-03-04", 2, 20.9)]},
    ),
    Sample(
        "carrier_invoices_gls",
        "carrier_invoices.py",
        ("DAG factory", "several DAGs in a file", "helper module", "schedule None"),
        (
            day(
                "2024-03-04",
                "09:30",
                run_type="manual",
                xcoms={"summarise_invoice": {"parcels": 1, "total": 7.75}},
            ),
        ),
        rows={"SELECT * FROM carrier_costs WHERE carrier = 'gls'": [("gls", "2024-03-04", 1, 7.75)]},
    ),
    Sample(
        "store_replenishment",
        "store_replenishment.py",
        ("TaskGroup", "@task_group", "nested groups", "override", "Label", "chain", "cross_downstream"),
        (
            day(
                "2024-03-04",
                "22:00",
                xcoms={
                    "forecasts.forecast_tokyo": {"TEA-001": 90, "POT-100": 12},
                    "quality.format.check_header": "header-ok",
                    "proposals_berlin.shortage": {"TEA-001": 20},
                    "proposals_tokyo.save": 95,
                    "pick_list": "115",
                },
            ),
        ),
        rows={
            "SELECT * FROM replenishment ORDER BY 1, 2": [
                ("berlin", "TEA-001", 20),
                ("tokyo", "POT-100", 5),
                ("tokyo", "TEA-001", 90),
            ]
        },
    ),
    Sample(
        "order_mart",
        "order_mart.py",
        ("sql files", "sql chain", "sql checks", "template_searchpath", "jinja loop", "backfill"),
        (
            day("2024-03-04", "03:15", xcoms={"source_revenue": [[509.9]]}),
            day("2024-03-05", "03:15", xcoms={"source_revenue": [[704.0]]}),
        ),
        rows={
            "SELECT order_date, country, orders, revenue FROM mart_orders_by_country ORDER BY 1, 2": [
                ("2024-03-04", "DE", 2, 99.9),
                ("2024-03-04", "JP", 1, 410.0),
                ("2024-03-05", "DE", 1, 640.0),
                ("2024-03-05", "JP", 1, 64.0),
            ]
        },
    ),
    Sample(
        "supplier_feed",
        "supplier_feed.py",
        (
            "FileSensor",
            "PythonSensor",
            "@task.sensor",
            "TimeDeltaSensor",
            "DateTimeSensor",
            "timedelta schedule",
        ),
        (
            day(
                "2024-03-04",
                "06:00",
                xcoms={
                    "supplier_count": ["ceylon-direct", "kiln-works"],
                    "load_availability": {"ceylon-direct": 400, "kiln-works": 85},
                },
            ),
        ),
        rows={"SELECT * FROM supplier_units ORDER BY 1": [("ceylon-direct", 400), ("kiln-works", 85)]},
    ),
)


def by_dag_id(dag_id: str) -> Sample:
    return next(sample for sample in SAMPLES if sample.dag_id == dag_id)
