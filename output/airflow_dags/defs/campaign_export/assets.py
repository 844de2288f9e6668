"""Airflow DAG `campaign_export` (campaign_export.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

import os
from os.path import join
from typing import Any

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ..resources import CampaignExportParams, SqliteResource, fetch_all

airflow_dag = AirflowDag(dag_id="campaign_export", airflow="3")


@dg.asset(
    key=["campaign_export", "select_customers"],
    group_name="campaign_export",
    owners=["team:marketing"],
    kinds={"sql"},
    tags={"marketing": "", "manual": ""},
    metadata={"airflow/dag_id": "campaign_export", "airflow/task_id": "select_customers"},
)
def select_customers(campaign_export_params: CampaignExportParams, warehouse: SqliteResource) -> Any:
    return warehouse.run(
        f"""
            SELECT customer_id, name FROM customers
             WHERE country = '{campaign_export_params.country}'
             ORDER BY lifetime_value DESC
             LIMIT {campaign_export_params.limit}
        """,
        handler=fetch_all,
    )


@dg.asset(
    key=["campaign_export", "choose_channel"],
    description="Small target groups get a letter, unless the form says otherwise.",
    group_name="campaign_export",
    owners=["team:marketing"],
    kinds={"python"},
    tags={"marketing": "", "manual": ""},
    metadata={"airflow/dag_id": "campaign_export", "airflow/task_id": "choose_channel"},
)
def choose_channel(campaign_export_params: CampaignExportParams) -> Any:
    params = campaign_export_params.model_dump()
    if params["channel"] != "auto":
        return params["channel"]
    return "letter" if params["limit"] <= 3 else "email"


@dg.asset(
    key=["campaign_export", "write_file"],
    ins={
        "select_customers": dg.AssetIn(["campaign_export", "select_customers"]),
        "choose_channel": dg.AssetIn(["campaign_export", "choose_channel"]),
    },
    group_name="campaign_export",
    owners=["team:marketing"],
    kinds={"bash"},
    tags={"marketing": "", "manual": ""},
    metadata={"airflow/dag_id": "campaign_export", "airflow/task_id": "write_file"},
)
def write_file(
    context: dg.AssetExecutionContext,
    campaign_export_params: CampaignExportParams,
    select_customers: Any,
    choose_channel: Any,
) -> str:
    airflow = airflow_dag.context(
        context,
        task_id="write_file",
        xcoms={"select_customers": select_customers, "choose_channel": choose_channel},
        params=campaign_export_params.model_dump(),
    )
    return run_bash(
        airflow.render("""
            {% if params.dry_run %}
            echo "dry run: {{ ti.xcom_pull(task_ids='select_customers') | length }} customers"
            {% else %}
            {% set channel = ti.xcom_pull(task_ids='choose_channel') %}
            {% for customer_id, name in ti.xcom_pull(task_ids='select_customers') %}
            echo "{{ channel }};{{ name }}"{{ ' > "$TARGET"' if loop.first else ' >> "$TARGET"' }}
            {% endfor %}
            wc -l < "$TARGET" | tr -d ' '
            {% endif %}
        """),
        env={"TARGET": airflow.render(join(os.environ["EXPORT_DIR"], "campaign_{{ params.country }}.csv"))},
        append_env=True,
    )


job = dg.define_asset_job(
    "campaign_export",
    selection=dg.AssetSelection.groups("campaign_export"),
    tags={"airflow/dag_id": "campaign_export"},
)
