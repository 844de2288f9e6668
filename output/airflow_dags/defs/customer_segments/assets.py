"""Airflow DAG `customer_segments` (customer_segments.py) as Dagster assets.

Not partitioned: no task reads its dates. Plain assets: every trigger rule is all_success and nothing
branches.
"""

import os
from typing import Any

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ..resources import SqliteResource

THRESHOLDS = {"vip": 1000, "regular": 100}


def segment_of(lifetime_value: float) -> str:
    for segment, least in THRESHOLDS.items():
        if lifetime_value >= least:
            return segment
    return "new"


def score_customers(ti, country=None, *, warehouse, **_):
    """Push one list per segment; the return value is the total."""
    query, parameters = "SELECT name, lifetime_value FROM customers", ()
    if country:
        query, parameters = query + " WHERE country = ?", (country,)
    segments: dict[str, list[str]] = {"vip": [], "regular": [], "new": []}
    for name, value in warehouse.get_records(query + " ORDER BY name", parameters=parameters):
        segments[segment_of(value)].append(name)
    for segment, names in segments.items():
        ti.xcom_push(key=f"{segment}_customers", value=names)
    ti.xcom_push(key="vip_count", value=len(segments["vip"]))
    return sum(len(names) for names in segments.values())


airflow_dag = AirflowDag(dag_id="customer_segments", airflow="3", cron="30 4 * * 1", data_intervals=False)


@dg.asset(
    key=["customer_segments", "start"],
    group_name="customer_segments",
    owners=["team:crm"],
    tags={"crm": ""},
    metadata={"airflow/dag_id": "customer_segments", "airflow/task_id": "start"},
)
def start() -> None:
    pass


@dg.asset(
    key=["customer_segments", "score_customers"],
    deps=[["customer_segments", "start"]],
    description="Push one list per segment; the return value is the total.",
    group_name="customer_segments",
    owners=["team:crm"],
    kinds={"python"},
    tags={"crm": ""},
    metadata={"airflow/dag_id": "customer_segments", "airflow/task_id": "score_customers"},
)
def score_customers_task(context: dg.AssetExecutionContext, warehouse: SqliteResource) -> dict[str, Any]:
    airflow = airflow_dag.context(context, task_id="score_customers")
    return airflow.keyed(
        score_customers(ti=airflow["ti"], **airflow.as_kwargs(without={"ti"}), warehouse=warehouse)
    )


@dg.asset(
    key=["customer_segments", "score_german_customers"],
    deps=[["customer_segments", "start"]],
    description="Push one list per segment; the return value is the total.",
    group_name="customer_segments",
    owners=["team:crm"],
    kinds={"python"},
    tags={"crm": ""},
    metadata={"airflow/dag_id": "customer_segments", "airflow/task_id": "score_german_customers"},
)
def score_german_customers(context: dg.AssetExecutionContext, warehouse: SqliteResource) -> dict[str, Any]:
    airflow = airflow_dag.context(context, task_id="score_german_customers")
    return airflow.keyed(
        score_customers(
            ti=airflow["ti"], country="DE", **airflow.as_kwargs(without={"ti"}), warehouse=warehouse
        )
    )


@dg.asset(
    key=["customer_segments", "compare_with_total"],
    ins={
        "score_customers": dg.AssetIn(["customer_segments", "score_customers"]),
        "score_german_customers": dg.AssetIn(["customer_segments", "score_german_customers"]),
    },
    group_name="customer_segments",
    owners=["team:crm"],
    kinds={"python"},
    tags={"crm": ""},
    metadata={"airflow/dag_id": "customer_segments", "airflow/task_id": "compare_with_total"},
)
def compare_with_total(score_customers: Any, score_german_customers: Any) -> Any:
    total = score_customers.get("return_value")
    vips = score_customers.get("vip_customers")
    germans = score_german_customers.get("vip_customers")
    return {"total": total, "vips": vips, "vip_share": round(len(vips) / total, 3), "german_vips": germans}


@dg.asset(
    key=["customer_segments", "write_crm_file"],
    ins={"score_customers": dg.AssetIn(["customer_segments", "score_customers"])},
    deps=[["customer_segments", "compare_with_total"]],
    group_name="customer_segments",
    owners=["team:crm"],
    kinds={"bash"},
    tags={"crm": ""},
    metadata={"airflow/dag_id": "customer_segments", "airflow/task_id": "write_crm_file"},
)
def write_crm_file(context: dg.AssetExecutionContext, score_customers: Any) -> str:
    airflow = airflow_dag.context(
        context,
        task_id="write_crm_file",
        xcoms={"score_customers": score_customers},
        keyed=["score_customers"],
    )
    return run_bash(
        airflow.render(
            "echo \"$TOTAL customers, $VIPS vip: {{ ti.xcom_pull(task_ids='score_customers', key='vip_customers') | join('+') }}\" | tee $EXPORT_DIR/crm_segments.txt"
        ),
        env={
            "TOTAL": f"{score_customers.get('return_value')}",
            "VIPS": f"{score_customers.get('vip_count')}",
            "EXPORT_DIR": os.environ["EXPORT_DIR"],
        },
    )


job = dg.define_asset_job(
    "customer_segments",
    selection=dg.AssetSelection.groups("customer_segments"),
    tags={"airflow/dag_id": "customer_segments"},
)
schedule = dg.ScheduleDefinition(
    name="customer_segments_schedule", job=job, cron_schedule="30 4 * * 1", execution_timezone="UTC"
)
