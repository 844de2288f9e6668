"""Airflow DAG `partner_export_importer` (legacy/partner_exports.py) as Dagster assets.

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
    dag_id="partner_export_importer",
    airflow="2",
    cron="0 0 * * *",
    user_defined_macros={"partner": "importer", "shout": shout},
)


@dg.asset(
    key=["partner_export_importer", "select.country_jp"],
    group_name="partner_export_importer",
    partitions_def=intervals,
    io_manager_key="xcom_airflow_2",
    owners=["team:partners"],
    kinds={"python"},
    metadata={"airflow/dag_id": "partner_export_importer", "airflow/task_id": "select.country_jp"},
)
def select__country_jp(warehouse: SqliteResource) -> dict[str, Any]:
    xcom: dict[str, Any] = {}
    country = "JP"
    table = "customers"
    rows = warehouse.get_records(
        "SELECT name FROM %s WHERE country = ? ORDER BY name" % table, parameters=(country,)
    )
    xcom["names"] = [name for (name,) in rows]
    return {**xcom, "return_value": len(rows)}


@dg.asset(
    key=["partner_export_importer", "select.country_it"],
    group_name="partner_export_importer",
    partitions_def=intervals,
    io_manager_key="xcom_airflow_2",
    owners=["team:partners"],
    kinds={"python"},
    metadata={"airflow/dag_id": "partner_export_importer", "airflow/task_id": "select.country_it"},
)
def select__country_it(warehouse: SqliteResource) -> dict[str, Any]:
    xcom: dict[str, Any] = {}
    country = "IT"
    table = "customers"
    rows = warehouse.get_records(
        "SELECT name FROM %s WHERE country = ? ORDER BY name" % table, parameters=(country,)
    )
    xcom["names"] = [name for (name,) in rows]
    return {**xcom, "return_value": len(rows)}


@dg.asset(
    key=["partner_export_importer", "write"],
    ins={
        "select__country_it": dg.AssetIn(["partner_export_importer", "select.country_it"]),
        "select__country_jp": dg.AssetIn(["partner_export_importer", "select.country_jp"]),
    },
    group_name="partner_export_importer",
    partitions_def=intervals,
    io_manager_key="xcom_airflow_2",
    owners=["team:partners"],
    kinds={"bash"},
    metadata={"airflow/dag_id": "partner_export_importer", "airflow/task_id": "write"},
)
def write(context: dg.AssetExecutionContext, select__country_it: Any, select__country_jp: Any) -> str:
    airflow = airflow_dag.context(
        context,
        task_id="write",
        xcoms={"select.country_it": select__country_it, "select.country_jp": select__country_jp},
        keyed=["select.country_it", "select.country_jp"],
        params={"ids": ["select.country_jp", "select.country_it"]},
    )
    return run_bash(
        airflow.render(
            'echo \'{{ shout(partner) }} {{ macros.ds_format(ds, "%Y-%m-%d", "%d.%m.%Y") }} {{ ti.xcom_pull(task_ids=params.ids) | sum }}\' | tee $EXPORT_DIR/partner_{{ partner }}.txt'
        ),
        env={"EXPORT_DIR": os.environ["EXPORT_DIR"]},
        append_env=True,
    )


job = dg.define_asset_job(
    "partner_export_importer",
    selection=dg.AssetSelection.groups("partner_export_importer"),
    tags={"airflow/dag_id": "partner_export_importer"},
)
schedule = dg.build_schedule_from_partitioned_job(job, name="partner_export_importer_schedule")
