"""Airflow DAG `carrier_invoices_gls` (carrier_invoices.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

import os
from os.path import join
from typing import Any

import dagster as dg

from ...airflow_compat.dag import AirflowDag
from ...lib.common.carriers import read_invoice, total_charge
from ..resources import SqliteResource, fetch_all

airflow_dag = AirflowDag(dag_id="carrier_invoices_gls", airflow="3")


@dg.asset(
    key=["carrier_invoices_gls", "summarise_invoice"],
    group_name="carrier_invoices_gls",
    retry_policy=dg.RetryPolicy(max_retries=1, delay=600),
    owners=["team:logistics_eu"],
    kinds={"python"},
    tags={"logistics": "", "gls": ""},
    metadata={"airflow/dag_id": "carrier_invoices_gls", "airflow/task_id": "summarise_invoice"},
)
def summarise_invoice(context: dg.AssetExecutionContext) -> dict:
    airflow = airflow_dag.context(context, task_id="summarise_invoice")
    path = airflow.render(join(os.environ["LANDING_DIR"], "carriers", "gls_{{ ds }}.csv"))
    delimiter = ","
    surcharge = 0.0
    lines = read_invoice(path, delimiter)
    return {"parcels": len(lines), "total": total_charge(lines, surcharge)}


@dg.asset(
    key=["carrier_invoices_gls", "create_table"],
    group_name="carrier_invoices_gls",
    retry_policy=dg.RetryPolicy(max_retries=1, delay=600),
    owners=["team:logistics_eu"],
    kinds={"sql"},
    tags={"logistics": "", "gls": ""},
    metadata={
        "airflow/dag_id": "carrier_invoices_gls",
        "airflow/task_id": "create_table",
        "dagster/table_name": "carrier_costs",
    },
)
def create_table(warehouse: SqliteResource) -> Any:
    return warehouse.run(
        """
                CREATE TABLE IF NOT EXISTS carrier_costs (carrier TEXT, day TEXT, parcels INTEGER, total REAL)
            """,
        handler=fetch_all,
    )


@dg.asset(
    key=["carrier_invoices_gls", "book_costs"],
    ins={"summarise_invoice": dg.AssetIn(["carrier_invoices_gls", "summarise_invoice"])},
    deps=[["carrier_invoices_gls", "create_table"]],
    group_name="carrier_invoices_gls",
    retry_policy=dg.RetryPolicy(max_retries=1, delay=600),
    owners=["team:logistics_eu"],
    kinds={"sql"},
    tags={"logistics": "", "gls": ""},
    metadata={
        "airflow/dag_id": "carrier_invoices_gls",
        "airflow/task_id": "book_costs",
        "dagster/table_name": "carrier_costs",
    },
)
def book_costs(context: dg.AssetExecutionContext, warehouse: SqliteResource, summarise_invoice: Any) -> Any:
    airflow = airflow_dag.context(
        context,
        task_id="book_costs",
        xcoms={"summarise_invoice": summarise_invoice},
        params={"carrier": "gls"},
    )
    return warehouse.run(
        airflow.render("""
                INSERT INTO carrier_costs VALUES (
                    '{{ params.carrier }}', '{{ ds }}',
                    {{ ti.xcom_pull(task_ids='summarise_invoice')['parcels'] }},
                    {{ ti.xcom_pull(task_ids='summarise_invoice')['total'] }})
            """),
        handler=fetch_all,
    )


job = dg.define_asset_job(
    "carrier_invoices_gls",
    selection=dg.AssetSelection.groups("carrier_invoices_gls"),
    tags={"airflow/dag_id": "carrier_invoices_gls"},
)
