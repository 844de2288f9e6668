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
    tasks: dict[str, str] = field(default_factory=dict)  # task id or "id[map index]" -> state, where not plain success
    tries: dict[str, int] = field(default_factory=dict)  # where not 1
    xcoms: dict[str, Any] = field(default_factory=dict)  # "task", "task[map index]" or "task:key" -> value
    triggers: tuple[str, ...] = ()  # the DAGs whose runs it makes; they are samples too


@dataclass(frozen=True)
class Sample:
    dag_id: str
    file: str  # relative to sample_dags/
    constructs: tuple[str, ...]
    runs: tuple[Run, ...] = ()
    rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)  # SQL on the warehouse, after all runs -> rows
    exports: dict[str, str] = field(default_factory=dict)  # file below exports/, after all runs -> its text
    posts: tuple[tuple[str, Any], ...] = ()  # what it sends to the web service: path, JSON body
    mails: tuple[str, ...] = ()  # the subjects of the mails it sends
    airflow: str = "3"
    executed: bool = True
    reason: str = ""  # why it is not executed


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
            "sales_summary_2024-03-05.txt": "sales of 2024-03-05, window 2024-03-05 06:00:00+00:00, 4 lines\n",
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
    Sample(
        "payment_reconciliation",
        "payment_reconciliation.py",
        ("retries", "exponential backoff", "on_failure_callback", "on_retry_callback", "AirflowFailException"),
        (
            day(
                "2024-03-04",
                "07:00",
                tries={"fetch_payouts": 2},
                xcoms={"fetch_payouts": {"B1": 118.0, "B2": 78.4}, "reconcile": []},
            ),
            day(
                "2024-03-05",
                "07:00",
                state="failed",
                tasks={"read_settlement": "failed", "reconcile": "upstream_failed"},
            ),
        ),
        exports={
            "incidents.log": "retry payment_reconciliation.fetch_payouts 2024-03-04 try 1\n"
            "failure payment_reconciliation.read_settlement 2024-03-05 try 1\n"
        },
    ),
    Sample(
        "store_close_tokyo",
        "store_close.py",
        ("time zone", "backfill", "named context arguments", "several DAGs in a file", "pendulum in jinja"),
        (
            Run(
                "2024-03-05T00:30:00+09:00",
                xcoms={
                    "business_day": {"ds": "2024-03-04", "local": "2024-03-05", "closed": "2024-03-04"},
                    "label": "close 2024-03-04, 05.03 00:30",
                },
            ),
        ),
    ),
    Sample(
        "store_close_berlin",
        "store_close.py",
        ("time zone", "daylight saving time", "several DAGs in a file"),
        (
            Run(
                "2024-03-30T03:00:00+01:00",
                xcoms={"till_report": "2024-03-30T02:00:00+00:00 2024-03-30T03:00+01:00"},
            ),
            Run(
                "2024-04-01T03:00:00+02:00",
                xcoms={"till_report": "2024-04-01T01:00:00+00:00 2024-04-01T03:00+02:00"},
            ),
        ),
    ),
    Sample(
        "campaign_export",
        "campaign_export.py",
        ("Param", "conf", "params in templates", "params in python", "schedule None", "jinja blocks"),
        (
            day(
                "2024-03-04",
                "10:00",
                run_type="manual",
                conf={"country": "JP", "limit": 2},
                xcoms={
                    "select_customers": [[3, "Chiyo"], [5, "Emi"]],
                    "choose_channel": "letter",
                    "write_file": "2",
                },
            ),
            day(
                "2024-03-04",
                "11:00",
                run_type="manual",
                conf={"dry_run": True},
                xcoms={"choose_channel": "email", "write_file": "dry run: 2 customers"},
            ),
        ),
        exports={"campaign_JP.csv": "letter;Chiyo\nletter;Emi\n"},
    ),
    Sample(
        "pricing_update",
        "pricing_update.py",
        ("Variable at top level", "Variable in task", "var in jinja", "conn in jinja", "get_connection"),
        (
            day(
                "2024-03-04",
                "02:00",
                xcoms={
                    "reprice": {"MUG-010": 13.8, "TEA-001": 5.17, "TEA-002": 7.19},
                    "describe_target": {"host": "127.0.0.1", "type": "http", "login": "reader"},
                    "announce": "3 prices in EUR, tea from 5.0, contact nobody, by reader",
                },
            ),
        ),
        rows={
            "SELECT * FROM prices ORDER BY sku": [
                ("MUG-010", 13.8, "EUR"),
                ("TEA-001", 5.17, "EUR"),
                ("TEA-002", 7.19, "EUR"),
            ]
        },
    ),
    Sample(
        "product_catalog_sync",
        "product_catalog_sync.py",
        ("HttpOperator", "HttpSensor", "http hook", "response_filter", "lambda", "@hourly", "classic and taskflow"),
        (
            day(
                "2024-03-04",
                "09:00",
                xcoms={
                    "first_page": ["TEA-001", "TEA-002"],
                    "missing_in_shop": ["POT-100"],
                    "publish_missing": 1,
                },
            ),
        ),
        posts=(("/activations", ["POT-100"]),),
    ),
    Sample(
        "marketing_spend_daily",
        "marketing_reports.py",
        ("several DAGs in a file", "op_args", "xcom in jinja", "depends_on_past false", "@daily"),
        (day("2024-03-04", xcoms={"sum_spend": 80.0}),),
        rows={"SELECT * FROM spend_report": [("2024-03-04", 80.0)]},
    ),
    Sample(
        "marketing_attribution_weekly",
        "marketing_reports.py",
        ("several DAGs in a file", "LatestOnlyOperator", "@weekly", "backfill", "named context arguments"),
        (
            day(
                "2024-03-03",
                tasks={"refresh_dashboard": "skipped"},
                xcoms={"shares": {"email": 0.04, "search": 0.76, "social": 0.2}},
            ),
            day("2024-03-03", "12:00", run_type="manual", xcoms={"refresh_dashboard": "refreshed"}),
        ),
    ),
    Sample(
        "inventory_load",
        "inventory_load.py",
        (
            "custom operator in plugins",
            "custom operator in helper module",
            "operator subclass",
            "template_fields",
            ".hql",
        ),
        (
            day(
                "2024-03-04",
                "05:45",
                xcoms={
                    "load_stock": 3,
                    "load_supplier_list": 3,
                    "reorder_candidates": [["101", "MUG-010", "kiln-works"]],
                },
            ),
        ),
        rows={
            "SELECT store_id, sku, on_hand, load_id FROM stock ORDER BY 1, 2": [
                ("101", "MUG-010", "4", "2024-03-04"),
                ("101", "TEA-001", "40", "2024-03-04"),
                ("102", "POT-100", "7", "2024-03-04"),
            ],
            "SELECT day, suppliers > 0 FROM supplier_count": [("2024-03-04", 1)],
        },
    ),
    Sample(
        "web_log_rollup",
        "web_log_rollup.py",
        ("bash env", "bash cwd", "last-line XCom", "skip_on_exit_code", "@task.bash", "hourly cron"),
        (
            day(
                "2024-03-04",
                "09:05",
                tasks={"archive_previous_hour": "skipped"},
                xcoms={
                    "count_requests": "6",
                    "count_errors": "1",
                    "busiest_client": "203.0.113.7",
                    "error_rate": {"rate": 0.167, "busiest": "203.0.113.7"},
                },
            ),
        ),
    ),
    Sample(
        "returns_triage",
        "returns_triage.py",
        ("branch", "@task.branch", "trigger rule", "AirflowSkipException", "Label"),
        (
            day(
                "2024-03-04",
                "08:00",
                tasks={"open_review": "skipped"},
                xcoms={"report": {"returns": 3, "refunded": 125.4, "reviews": None}},
            ),
            day(
                "2024-03-05",
                "08:00",
                tasks={"refund_all": "skipped"},
                xcoms={"open_review": ["R-4"], "report": {"returns": 1, "refunded": None, "reviews": ["R-4"]}},
            ),
            day(
                "2024-03-06",
                "08:00",
                tasks=dict.fromkeys(
                    ("read_returns", "choose_route", "refund_all", "open_review", "report", "done"), "skipped"
                ),
            ),
        ),
    ),
    Sample(
        "stock_alerts",
        "stock_alerts.py",
        ("ShortCircuitOperator", "get_current_context", "trigger rule", "lambda", "doc_md"),
        (
            day("2024-03-04", "12:00", xcoms={"anything_late:late": 1, "write_alert": "2024-03-04: 1 late"}),
            day(
                "2024-03-06",
                "12:00",
                tasks={"write_alert": "skipped", "escalate": "skipped"},
                xcoms={"count_shipments": "checked 2024-03-06"},
            ),
        ),
        exports={"alert_2024-03-04.txt": "2024-03-04: 1 late"},
    ),
    Sample(
        "shipment_tracking",
        "shipment_tracking.py",
        ("dynamic mapping", "partial", "expand", "mapped operator", "mapped reduce"),
        (
            day(
                "2024-03-04",
                "08:00",
                xcoms={
                    "carriers": ["dhl", "ups", "yamato"],
                    "open_shipments[1]": {"carrier": "ups", "open": 1},
                    "total": 2,
                    "print_label[2]": "yamato=0",
                },
            ),
        ),
    ),
    Sample(
        "month_end_close",
        "month_end_close.py",
        ("trigger rule", "all_done", "one_failed", "none_failed"),
        (
            day(
                "2024-03-04",
                "01:00",
                tasks={"report_trouble": "skipped"},
                xcoms={"check_balance": 0.0, "publish_figures": "published 2024-03-04", "release_lock": "open"},
            ),
            day(
                "2024-03-05",
                "01:00",
                state="failed",
                tasks={
                    "check_balance": "failed",
                    "publish_figures": "upstream_failed",
                    "closed": "upstream_failed",
                },
                xcoms={"report_trouble": "trouble on 2024-03-05", "release_lock": "open"},
            ),
        ),
        exports={"trouble.txt": "trouble on 2024-03-05\n"},
    ),
    Sample(
        "feed_failover",
        "feed_failover.py",
        (
            "setup",
            "teardown",
            "all_failed",
            "all_skipped",
            "one_done",
            "none_skipped",
            "always",
            "AirflowSkipException",
        ),
        (
            day(
                "2024-03-05",
                "05:15",
                tasks={"primary": "failed", "mirror": "skipped", "complete": "skipped"},
                xcoms={"no_primary": "the primary feed is down", "merge": "TEA-001;4.40", "drop_scratch": 1},
            ),
        ),
        exports={"feeds.txt": "TEA-001;4.40\n"},
    ),
    Sample(
        "market_day",
        "market_day.py",
        (
            "BranchDayOfWeekOperator",
            "BranchDateTimeOperator",
            "BranchSQLOperator",
            "@task.branch",
            "group as branch target",
            "ShortCircuitOperator",
            "ignore_downstream_trigger_rules",
            "@task.short_circuit",
        ),
        (
            day(
                "2024-03-05",
                "06:00",
                tasks=dict.fromkeys(
                    ("stay_inside", "reheat", "order_more", "tills_closed", "ice_cream", "celebrate"), "skipped"
                ),
                xcoms={"open_stall": "market on 2024-03-05", "clean_up": "clean"},
            ),
            day(
                "2024-03-06",
                "06:00",
                tasks=dict.fromkeys(
                    ("open_stall", "reheat", "order_more", "tills.count", "tills.seal", "ice_cream", "celebrate"),
                    "skipped",
                ),
            ),
        ),
    ),
    Sample(
        "forecast_seasons",
        "stock_forecast.py",
        ("@once", "several DAGs in a file", "Asset outlet"),
        (day("2024-03-01", xcoms={"seasons": "[1, 2, 3, 4]"}),),
    ),
    Sample(
        "forecast_demand",
        "stock_forecast.py",
        ("several crons", "end_date", "Asset outlet", "AssetAlias", "several DAGs in a file"),
        (day("2024-03-05", "06:00", xcoms={"demand": {"tea": 10.75, "ware": 50.9}}),),
    ),
    Sample(
        "forecast_weather",
        "stock_forecast.py",
        ("@continuous", "Asset outlet", "several DAGs in a file"),
        (day("2024-03-05", "06:00", run_type="manual", xcoms={"weather": "sunny"}),),
    ),
    Sample(
        "stock_forecast",
        "stock_forecast.py",
        ("Asset schedule", "assets AND and OR", "several DAGs in a file"),
        (day("2024-03-05", "06:05", run_type="manual", xcoms={"publish": 4}),),
        exports={"forecast/expected.json": '{"MUG-010": 5.5, "POT-100": 18.7, "TEA-001": 2.09, "TEA-002": 2.64}'},
    ),
    Sample(
        "stock_ledger",
        "stock_forecast.py",
        ("depends_on_past", "wait_for_downstream", "pool", "priority_weight", "max_active_runs", "@daily"),
        (
            day("2024-03-04", xcoms={"book": "booked 2024-03-04"}),
            day("2024-03-05", xcoms={"book": "booked 2024-03-05", "carry_over": "carried 2024-03-05"}),
        ),
    ),
    Sample(
        "ledger_postings",
        "ledger.py",
        ("TriggerDagRunOperator", "ExternalTaskMarker", "several DAGs in a file", "cross-DAG"),
        (day("2024-03-05", "20:00", triggers=("ledger_statement",)),),
        rows={"SELECT * FROM postings": [("2024-03-05", 700.0, 704.0)]},
    ),
    Sample(
        "newsletter",
        "newsletter.py",
        (
            "native objects",
            "user_defined_filters",
            "nested fields",
            "templates_dict",
            "execution_date_fn",
            "deferrable sensor",
            "sensor backoff",
            "on_execute_callback",
            "on_skipped_callback",
            "notifier",
        ),
        (
            day(
                "2024-03-06",
                "09:00",
                tasks={"print_copies": "skipped"},
                xcoms={
                    "compose": {
                        "greeting": "Teahouse on 2024-03-06",
                        "number": 121,
                        "lines": ["4.50 €", "6.25 €", "12.50 €"],
                    }
                },
            ),
        ),
        exports={"newsletter/desk.log": "started compose 2024-03-06\nskipped print_copies 2024-03-06\n"},
        mails=("Newsletter of 2024-03-06",),
    ),
    Sample(
        "ledger_statement",
        "ledger.py",
        ("conf", "params overridden by conf", "lambda", "schedule None", "cross-DAG"),
        (
            day(
                "2024-03-05",
                "20:00",
                run_type="triggered",
                xcoms={"write_statement": {"day": "2024-03-05", "detail": True}},
            ),
        ),
    ),
    Sample(
        "ledger_audit",
        "ledger.py",
        ("ExternalTaskSensor", "execution_delta", "reschedule", "cross-DAG"),
        (day("2024-03-05", "21:00", xcoms={"difference": [[-4.0]]}),),
    ),
    Sample(
        "loyalty_points_refresh",
        "loyalty_points.py",
        ("outlets", "Asset", "sql script"),
        (day("2024-03-04", "09:20"),),
        rows={"SELECT * FROM loyalty_points ORDER BY 1": [(1, 78), (2, 8), (3, 47)]},
    ),
    Sample(
        "loyalty_tiers",
        "loyalty_points.py",
        ("Asset schedule", "inlets", "cross-DAG"),
        (day("2024-03-04", "09:30", run_type="manual", xcoms={"gold_customers": [[1], [3]]}),),
    ),
    Sample(
        "fiscal_period_report",
        "fiscal_period_report.py",
        ("custom timetable", "plugin", "backfill"),
        (
            day(
                "2024-01-29",
                xcoms={
                    "period_bounds": ["2024-01-29", "2024-02-26"],
                    "title": "fiscal 2024-01-29..2024-02-26",
                },
            ),
        ),
    ),
    Sample(
        "tea_auction",
        "tea_auction.py",
        (
            "concat",
            "map_index_template",
            "zero length",
            "skips among instances",
            "@task.branch_external_python",
            "DAG callbacks",
            "pool_slots",
            "pre_execute",
            "post_execute",
            "run_if",
            "skip_if",
            "xcom of several tasks",
            "Param",
            "sh file",
        ),
        (
            day(
                "2024-03-05",
                "08:00",
                tasks={
                    "bid[1]": "skipped",
                    "open_offer": "skipped",
                    "in_cash": "skipped",
                    "print_catalogue": "skipped",
                },
                xcoms={
                    "bid[2]": 220,
                    "spent": 350,
                    "settle": {"paid": ["credit"], "lots": [2, 1]},
                    "file_report": "2024-03-05: spent 350 of 500, paid by credit",
                },
            ),
            day(
                "2024-03-12",
                "08:00",
                run_type="manual",
                conf={"budget": 300, "paper_trail": True},
                state="failed",
                tasks={"bid[1]": "skipped", "open_offer": "skipped", "spent": "failed"}
                | dict.fromkeys(
                    ("payment", "by_letter_of_credit", "in_cash", "settle", "file_report"), "upstream_failed"
                ),
            ),
        ),
        exports={"auction/report_20240305.txt": "2024-03-05: spent 350 of 500, paid by credit\n"},
    ),
    Sample(
        "tea_shipping",
        "tea_auction.py",
        ("wait_for_completion", "cross-DAG", "several DAGs in a file"),
        executed=False,
        reason="it waits for a run of another DAG, which nothing executes meanwhile",
    ),
    Sample(
        "tea_payment",
        "tea_auction.py",
        ("conf", "schedule None", "cross-DAG", "several DAGs in a file"),
        (day("2024-03-05", "12:00", run_type="manual", conf={"week": "2024-03-05"}),),
    ),
    Sample(
        "route_optimizer",
        "route_optimizer.py",
        ("dynamic mapping", "mapped task group", "expand_kwargs", "zip and map", "mapping over mapped results"),
        (
            day(
                "2024-03-04",
                "04:00",
                xcoms={
                    "plan.vehicles[0]": ["van-1", "van-2"],
                    "plan.label[1]": "van-3",
                    "cost[0]": 60.0,
                    "publish": ["van-1+van-2: 60.0", "van-3: 20.0"],
                },
            ),
        ),
    ),
    Sample(
        "ops_notifications",
        "ops_notifications.py",
        ("SlackWebhookOperator", "EmailOperator", "email_on_failure"),
        executed=False,
        reason="Slack has no loopback stand-in, and the slack and smtp providers are not among the test extras",
    ),
    Sample(
        "erp_nightly_load",
        "legacy/erp_nightly_load.py",
        ("1.10 imports", "provide_context", "execution_date", "set_upstream", "CheckOperator", "loop of tasks"),
        (
            day("2024-03-04", "01:00", xcoms={"publish": {"day": "2024-03-04", "next": "2024-03-05", "rows": 9}}),
            day("2024-03-05", "01:00", xcoms={"publish": {"day": "2024-03-05", "next": "2024-03-06", "rows": 9}}),
        ),
        rows={"SELECT day, COUNT(*) FROM erp_products GROUP BY day": [("2024-03-04", 4), ("2024-03-05", 4)]},
        exports={"erp_20240304.done": "2024-03-04 01:00:00+00:00 2024-03-05\n"},
        airflow="2",
    ),
    Sample(
        "tea_tastings",
        "legacy/tea_tastings.py",
        ("sla", "sla as freshness policy", "pool_slots", "Dataset outlet", "xcom default"),
        (
            day("2024-03-04", xcoms={"collect_scores": 3, "rank": "Sencha", "publish": "best of 2024-03-04: Sencha"}),
            day(
                "2024-03-05",
                state="failed",
                tasks={"collect_scores": "failed", "rank": "upstream_failed", "publish": "upstream_failed"},
            ),
        ),
        airflow="2",
    ),
    Sample(
        "tasting_notes",
        "legacy/tea_tastings.py",
        ("Dataset schedule", "cross-DAG", "several DAGs in a file"),
        (day("2024-03-05", "06:00", run_type="manual", xcoms={"file_notes": "filed"}),),
        airflow="2",
    ),
    Sample(
        "hr_headcount_report",
        "legacy/hr_headcount_report.py",
        ("1.10 imports", "prev_ds and next_ds", "templates_dict", "EmailOperator", "sla", "@weekly"),
        (
            day(
                "2024-03-03",
                xcoms={"write_headcount": 62, "remember": "2024-02-25/2024-03-03/2024-03-10/20240304"},
            ),
        ),
        exports={
            "headcount_2024-03-03.json": '{"week": "2024-03-03", "before": "2024-02-25", '
            '"title": "Week of 2024-03-03 (20240302 closed)", '
            '"heads": {"stores": 41, "logistics": 12, "office": 9}}'
        },
        mails=("Headcount 2024-03-03",),
        airflow="2",
    ),
    Sample(
        "call_center_kpis",
        "legacy/call_center_kpis.py",
        ("1.10 imports", "branch", "ShortCircuitOperator", "trigger rule", "http hook", "get_connection"),
        (
            day(
                "2024-03-04",
                "22:30",
                tasks={"daily_report": "skipped"},
                xcoms={"weekly_report": "calls_weekly_2024-03-04.json", "audit": "scheduled by reader"},
            ),
            day(
                "2024-03-05",
                "22:30",
                tasks={"weekly_report": "skipped"},
                xcoms={"fetch_calls": 3, "daily_report": "calls_daily_2024-03-05.json"},
            ),
        ),
        exports={"calls_daily_2024-03-05.json": '{"kim": 355, "lou": 95}'},
        airflow="2",
    ),
    Sample(
        "partner_export_roastery",
        "legacy/partner_exports.py",
        ("DAG factory", "DAG(**kwargs)", "user_defined_macros", "timedelta schedule", "TaskGroup"),
        (day("2024-03-04", xcoms={"select.country_de:names": ["Ada", "Bert"], "write": "ROASTERY 04.03.2024 2"}),),
        airflow="2",
    ),
    Sample(
        "partner_export_importer",
        "legacy/partner_exports.py",
        ("DAG factory", "DAG(**kwargs)", "user_defined_macros", "get_current_context", "TaskGroup"),
        (day("2024-03-04", xcoms={"select.country_jp": 2, "write": "IMPORTER 04.03.2024 3"}),),
        exports={"partner_importer.txt": "IMPORTER 04.03.2024 3\n"},
        airflow="2",
    ),
)


def by_dag_id(dag_id: str) -> Sample:
    return next(sample for sample in SAMPLES if sample.dag_id == dag_id)
