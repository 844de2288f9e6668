"""Airflow DAG `ledger_statement` (ledger.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.dag import AirflowDag
from ..resources import LedgerStatementParams

airflow_dag = AirflowDag(dag_id="ledger_statement", airflow="3")


@dg.asset(
    key=["ledger_statement", "write_statement"],
    group_name="ledger_statement",
    owners=["team:finance_data"],
    kinds={"python"},
    tags={"finance": ""},
    metadata={"airflow/dag_id": "ledger_statement", "airflow/task_id": "write_statement"},
)
def write_statement(context: dg.AssetExecutionContext, ledger_statement_params: LedgerStatementParams) -> Any:
    airflow = airflow_dag.context(
        context, task_id="write_statement", params=ledger_statement_params.model_dump()
    )
    dag_run = airflow["dag_run"]
    params = airflow["params"]
    return {"day": dag_run.conf.get("day"), "detail": params["detail"]}


job = dg.define_asset_job(
    "ledger_statement",
    selection=dg.AssetSelection.groups("ledger_statement"),
    tags={"airflow/dag_id": "ledger_statement"},
)
