"""Airflow DAG `partner_export_roastery` (legacy/partner_exports.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

import os
from typing import Any

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ..resources import SqliteResource

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-03-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
)


def shout(text):
    return text.upper()


airflow_dag = AirflowDag(
    dag_id="partner_export_roastery",
    airflow="2",
    cron="0 0 * * *",
    user_defined_macros={"partner": "roastery", "shout": shout},
)


@dg.asset(
    key=["partner_export_roastery", "select.country_de"],
    group_name="partner_export_roastery",
    partitions_def=intervals,
    io_manager_key="xcom_airflow_2",
    owners=["team:partners"],
    kinds={"python"},
    tags={"partner": ""},
    metadata={"airflow/dag_id": "partner_export_roastery", "airflow/task_id": "select.country_de"},
)
def select__country_de(warehouse: SqliteResource) -> dict[str, Any]:
    xcom: dict[str, Any] = {}
    country = "DE"
    table = "customers"
    rows = warehouse.get_records(
        "SELECT name FROM %s WHERE country = ? ORDER BY name" % table, parameters=(country,)
    )
    xcom["names"] = [name for (name,) in rows]
    return {**xcom, "return_value": len(rows)}


@dg.asset(
    key=["partner_export_roastery", "write"],
    ins={"select__country_de": dg.AssetIn(["partner_export_roastery", "select.country_de"])},
    group_name="partner_export_roastery",
    partitions_def=intervals,
    io_manager_key="xcom_airflow_2",
    owners=["team:partners"],
    kinds={"bash"},
    tags={"partner": ""},
    metadata={"airflow/dag_id": "partner_export_roastery", "airflow/task_id": "write"},
)
def write(context: dg.AssetExecutionContext, select__country_de: Any) -> str:
    airflow = airflow_dag.context(
        context,
        task_id="write",
        xcoms={"select.country_de": select__country_de},
        keyed=["select.country_de"],
        params={"ids": ["select.country_de"]},
    )
    return run_bash(
        airflow.render(
            'echo \'{{ shout(partner) }} {{ macros.ds_format(ds, "%Y-%m-%d", "%d.%m.%Y") }} {{ ti.xcom_pull(task_ids=params.ids) | sum }}\' | tee $EXPORT_DIR/partner_{{ partner }}.txt'
        ),
        env={"EXPORT_DIR": os.environ["EXPORT_DIR"]},
        append_env=True,
    )


job = dg.define_asset_job(
    "partner_export_roastery",
    selection=dg.AssetSelection.groups("partner_export_roastery"),
    tags={"airflow/dag_id": "partner_export_roastery"},
)
schedule = dg.build_schedule_from_partitioned_job(job, name="partner_export_roastery_schedule")
