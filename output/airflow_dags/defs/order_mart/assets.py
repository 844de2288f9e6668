"""Airflow DAG `order_mart` (order_mart.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from pathlib import Path
from typing import Any

import dagster as dg

from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.schedules import request_due
from ...airflow_compat.sql import check_columns, check_table, check_threshold, check_value
from ...airflow_compat.task import airflow_task
from ..resources import SqliteResource, fetch_all

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="15 3 * * *",
    start="2024-03-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)

airflow_dag = AirflowDag(dag_id="order_mart", airflow="3", cron="15 3 * * *", data_intervals=False)


@dg.asset(
    key=["order_mart", "create_layers"],
    group_name="order_mart",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=1, delay=60),
    owners=["team:analytics_engineering"],
    kinds={"sql"},
    tags={"mart": "", "sql": ""},
    metadata={"airflow/dag_id": "order_mart", "airflow/task_id": "create_layers"},
)
def create_layers(warehouse: SqliteResource) -> Any:
    return warehouse.run(
        """
            CREATE TABLE IF NOT EXISTS stg_orders (
                order_id INTEGER, customer_id INTEGER, country TEXT, order_date TEXT, amount REAL);
            CREATE TABLE IF NOT EXISTS mart_orders_by_country (
                order_date TEXT, country TEXT, orders INTEGER, revenue REAL);
        """,
        split_statements=True,
        handler=fetch_all,
    )


@dg.asset(
    key=["order_mart", "clear_day"],
    deps=[["order_mart", "create_layers"]],
    group_name="order_mart",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=1, delay=60),
    owners=["team:analytics_engineering"],
    kinds={"sql"},
    tags={"mart": "", "sql": ""},
    metadata={"airflow/dag_id": "order_mart", "airflow/task_id": "clear_day"},
)
def clear_day(context: dg.AssetExecutionContext, warehouse: SqliteResource) -> Any:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return warehouse.run(
        "DELETE FROM stg_orders WHERE order_date = :day", parameters={"day": ds}, handler=fetch_all
    )


@dg.asset(
    key=["order_mart", "stg_orders"],
    deps=[["order_mart", "clear_day"]],
    group_name="order_mart",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=1, delay=60),
    owners=["team:analytics_engineering"],
    kinds={"sql"},
    tags={"mart": "", "sql": ""},
    metadata={"airflow/dag_id": "order_mart", "airflow/task_id": "stg_orders"},
)
def stg_orders(context: dg.AssetExecutionContext, warehouse: SqliteResource) -> Any:
    airflow = airflow_dag.context(context, task_id="stg_orders", params={"statuses": ["paid", "shipped"]})
    return warehouse.run(
        airflow.render(Path(__file__).with_name("stg_orders.sql").read_text()), handler=fetch_all
    )


@dg.asset(
    key=["order_mart", "stg_columns"],
    deps=[["order_mart", "stg_orders"]],
    group_name="order_mart",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=1, delay=60),
    owners=["team:analytics_engineering"],
    kinds={"sql"},
    tags={"mart": "", "sql": ""},
    metadata={"airflow/dag_id": "order_mart", "airflow/task_id": "stg_columns"},
)
def stg_columns(context: dg.AssetExecutionContext, warehouse: SqliteResource) -> None:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    check_columns(
        warehouse,
        "stg_orders",
        {
            "order_id": {"null_check": {"equal_to": 0}, "distinct_check": {"geq_to": 1}},
            "amount": {"min": {"greater_than": 0}, "max": {"leq_to": 1000, "tolerance": 0.1}},
        },
        partition_clause=f"order_date = '{ds}'",
    ).require()


@dg.asset(
    key=["order_mart", "stg_table"],
    deps=[["order_mart", "stg_orders"]],
    group_name="order_mart",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=1, delay=60),
    owners=["team:analytics_engineering"],
    kinds={"sql"},
    tags={"mart": "", "sql": ""},
    metadata={"airflow/dag_id": "order_mart", "airflow/task_id": "stg_table"},
)
def stg_table(warehouse: SqliteResource) -> None:
    check_table(
        warehouse,
        "stg_orders",
        {
            "row_count_check": {"check_statement": "COUNT(*) >= 1"},
            "country_known": {"check_statement": "country IN ('DE', 'IT', 'JP')"},
        },
    ).require()


@dg.asset(
    key=["order_mart", "mart_orders_by_country"],
    deps=[["order_mart", "stg_columns"], ["order_mart", "stg_table"]],
    group_name="order_mart",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=1, delay=60),
    owners=["team:analytics_engineering"],
    kinds={"sql"},
    tags={"mart": "", "sql": ""},
    metadata={
        "airflow/dag_id": "order_mart",
        "airflow/task_id": "mart_orders_by_country",
        "dagster/table_name": "mart_orders_by_country",
    },
)
def mart_orders_by_country(context: dg.AssetExecutionContext, warehouse: SqliteResource) -> Any:
    airflow = airflow_dag.context(context, task_id="mart_orders_by_country")
    return warehouse.run(
        airflow.render(Path(__file__).with_name("mart_orders_by_country.sql").read_text()),
        split_statements=True,
        handler=fetch_all,
    )


@dg.asset(
    key=["order_mart", "source_revenue"],
    group_name="order_mart",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=1, delay=60),
    owners=["team:analytics_engineering"],
    kinds={"sql"},
    tags={"mart": "", "sql": ""},
    metadata={"airflow/dag_id": "order_mart", "airflow/task_id": "source_revenue"},
)
def source_revenue(context: dg.AssetExecutionContext, warehouse: SqliteResource) -> Any:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return warehouse.run(
        f"SELECT SUM(amount) FROM orders WHERE order_date = '{ds}' AND status = 'paid'", handler=fetch_all
    )


@dg.asset(
    key=["order_mart", "revenue_matches_source"],
    ins={"source_revenue": dg.AssetIn(["order_mart", "source_revenue"])},
    deps=[["order_mart", "mart_orders_by_country"]],
    group_name="order_mart",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=1, delay=60),
    owners=["team:analytics_engineering"],
    kinds={"sql"},
    tags={"mart": "", "sql": ""},
    metadata={"airflow/dag_id": "order_mart", "airflow/task_id": "revenue_matches_source"},
)
def revenue_matches_source(
    context: dg.AssetExecutionContext, warehouse: SqliteResource, source_revenue: Any
) -> None:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    check_value(
        warehouse.get_first(f"SELECT SUM(revenue) FROM mart_orders_by_country WHERE order_date = '{ds}'"),
        f"{source_revenue[0][0]}",
        tolerance=0.01,
    ).require()


@dg.asset(
    key=["order_mart", "orders_plausible"],
    deps=[["order_mart", "mart_orders_by_country"]],
    group_name="order_mart",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=1, delay=60),
    owners=["team:analytics_engineering"],
    kinds={"sql"},
    tags={"mart": "", "sql": ""},
    metadata={"airflow/dag_id": "order_mart", "airflow/task_id": "orders_plausible"},
)
def orders_plausible(context: dg.AssetExecutionContext, warehouse: SqliteResource) -> None:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    check_threshold(
        warehouse, f"SELECT SUM(orders) FROM mart_orders_by_country WHERE order_date = '{ds}'", 1, 500
    ).require()


@dg.asset_check(
    asset=["order_mart", "create_layers"],
    blocking=True,
    description="Airflow task `source_has_orders`.",
    partitions_def=intervals,
    metadata={"airflow/dag_id": "order_mart", "airflow/task_id": "source_has_orders"},
)
@airflow_task(retries=1, retry_delay=60)
def source_has_orders(
    context: dg.AssetCheckExecutionContext, warehouse: SqliteResource
) -> dg.AssetCheckResult:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    row = warehouse.get_first(f"SELECT COUNT(*) FROM orders WHERE order_date = '{ds}'")
    return dg.AssetCheckResult(passed=bool(row) and all(row), metadata={"first_row": str(row)})


job = dg.define_asset_job(
    "order_mart", selection=dg.AssetSelection.groups("order_mart"), tags={"airflow/dag_id": "order_mart"}
)


@dg.sensor(job=job)
def order_mart_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Asks for each run that falls due from the cut-over on, once."""
    return request_due(context, intervals, cutover=dg.EnvVar("MIGRATION_CUTOVER").get_value())
