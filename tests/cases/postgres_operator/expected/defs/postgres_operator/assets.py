"""Airflow DAG `postgres_operator` (dag.py) as Dagster assets.

Not partitioned: no task reads its dates. Plain assets: every trigger rule is all_success and nothing
branches.
"""

import dagster as dg

from ..resources import PostgresResource


@dg.asset(
    key=["postgres_operator", "create"],
    group_name="postgres_operator",
    owners=["team:sales"],
    kinds={"postgres", "sql"},
    metadata={
        "airflow/dag_id": "postgres_operator",
        "airflow/task_id": "create",
        "dagster/table_name": "mart.customers",
    },
)
def create(pg_sales: PostgresResource) -> None:
    pg_sales.run("CREATE TABLE IF NOT EXISTS mart.customers (id int PRIMARY KEY, name text, changed date)")


@dg.asset(
    key=["postgres_operator", "upsert"],
    deps=[["postgres_operator", "create"]],
    group_name="postgres_operator",
    owners=["team:sales"],
    kinds={"postgres", "sql"},
    metadata={
        "airflow/dag_id": "postgres_operator",
        "airflow/task_id": "upsert",
        "dagster/table_name": "mart.customers",
    },
)
def upsert(pg_sales: PostgresResource) -> None:
    pg_sales.run(
        """
            INSERT INTO mart.customers
            SELECT id, name, changed FROM staging.customers WHERE changed >= %(since)s
            ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, changed = EXCLUDED.changed
        """,
        parameters={"since": "2023-01-01"},
    )


@dg.asset(
    key=["postgres_operator", "vacuum"],
    deps=[["postgres_operator", "upsert"]],
    group_name="postgres_operator",
    owners=["team:sales"],
    kinds={"postgres", "sql"},
    metadata={"airflow/dag_id": "postgres_operator", "airflow/task_id": "vacuum"},
)
def vacuum(pg_sales: PostgresResource) -> None:
    pg_sales.run("VACUUM mart.customers", autocommit=True)


@dg.asset(
    key=["postgres_operator", "archive"],
    deps=[["postgres_operator", "upsert"]],
    group_name="postgres_operator",
    owners=["team:sales"],
    kinds={"postgres", "sql"},
    metadata={"airflow/dag_id": "postgres_operator", "airflow/task_id": "archive"},
)
def archive(pg_sales: PostgresResource) -> None:
    pg_sales.using(database="archive").run(
        "INSERT INTO customers_history SELECT now(), count(*) FROM customers"
    )


job = dg.define_asset_job(
    "postgres_operator",
    selection=dg.AssetSelection.groups("postgres_operator"),
    tags={"airflow/dag_id": "postgres_operator"},
)
schedule = dg.ScheduleDefinition(
    name="postgres_operator_schedule", job=job, cron_schedule="0 3 * * *", execution_timezone="UTC"
)
