"""Airflow DAG `xcom_in_doubt` (dag.py) as Dagster assets.

Not partitioned: no task reads its dates. Plain assets: every trigger rule is all_success and nothing
branches.
"""

import os
from typing import Any

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag


def named(ti):
    return ti.xcom_pull(task_ids=os.environ["AIRFLOW_VAR_WHICH_TASK"])


airflow_dag = AirflowDag(dag_id="xcom_in_doubt", airflow="2", cron="0 0 * * *")


@dg.asset(
    key=["xcom_in_doubt", "count"],
    group_name="xcom_in_doubt",
    kinds={"python"},
    metadata={"airflow/dag_id": "xcom_in_doubt", "airflow/task_id": "count"},
)
def count() -> dict[str, Any]:
    xcom: dict[str, Any] = {}
    xcom["rows"] = 3
    return xcom


@dg.asset(
    key=["xcom_in_doubt", "beside"],
    ins={"count": dg.AssetIn(["xcom_in_doubt", "count"])},
    group_name="xcom_in_doubt",
    kinds={"python"},
    metadata={"airflow/dag_id": "xcom_in_doubt", "airflow/task_id": "beside"},
)
def beside(count: Any) -> Any:
    return count.get("rows")


@dg.asset(
    key=["xcom_in_doubt", "anything"],
    group_name="xcom_in_doubt",
    kinds={"python"},
    metadata={"airflow/dag_id": "xcom_in_doubt", "airflow/task_id": "anything"},
)
def anything(context: dg.AssetExecutionContext) -> Any:
    airflow = airflow_dag.context(context, task_id="anything")
    return named(ti=airflow["ti"])


@dg.asset(
    key=["xcom_in_doubt", "missing"],
    ins={"count": dg.AssetIn(["xcom_in_doubt", "count"])},
    group_name="xcom_in_doubt",
    kinds={"python"},
    metadata={"airflow/dag_id": "xcom_in_doubt", "airflow/task_id": "missing"},
)
def missing(count: Any) -> Any:
    return None, count.get("columns")


@dg.asset(
    key=["xcom_in_doubt", "yesterday"],
    deps=[["xcom_in_doubt", "count"]],
    group_name="xcom_in_doubt",
    kinds={"python"},
    metadata={"airflow/dag_id": "xcom_in_doubt", "airflow/task_id": "yesterday"},
)
def yesterday(context: dg.AssetExecutionContext) -> Any:
    airflow = airflow_dag.context(context, task_id="yesterday")
    ti = airflow["ti"]
    return ti.xcom_pull(task_ids="count", key="rows", include_prior_dates=True)


@dg.asset(
    key=["xcom_in_doubt", "elsewhere"],
    deps=[["xcom_in_doubt", "count"]],
    group_name="xcom_in_doubt",
    kinds={"python"},
    metadata={"airflow/dag_id": "xcom_in_doubt", "airflow/task_id": "elsewhere"},
)
def elsewhere(context: dg.AssetExecutionContext) -> Any:
    airflow = airflow_dag.context(context, task_id="elsewhere")
    ti = airflow["ti"]
    return ti.xcom_pull(dag_id="another", task_ids="total")


@dg.asset(
    key=["xcom_in_doubt", "named"],
    ins={"count": dg.AssetIn(["xcom_in_doubt", "count"])},
    group_name="xcom_in_doubt",
    kinds={"python"},
    metadata={"airflow/dag_id": "xcom_in_doubt", "airflow/task_id": "named"},
)
def named_task(context: dg.AssetExecutionContext, count: Any) -> Any:
    airflow = airflow_dag.context(context, task_id="named", xcoms={"count": count}, keyed=["count"])
    return named(ti=airflow["ti"])


@dg.asset(
    key=["xcom_in_doubt", "told"],
    ins={"count": dg.AssetIn(["xcom_in_doubt", "count"])},
    group_name="xcom_in_doubt",
    kinds={"bash"},
    metadata={"airflow/dag_id": "xcom_in_doubt", "airflow/task_id": "told"},
)
def told(count: Any) -> str:
    return run_bash(f"echo {count.get('rows')}")


@dg.asset(
    key=["xcom_in_doubt", "pushed"],
    group_name="xcom_in_doubt",
    kinds={"bash"},
    metadata={"airflow/dag_id": "xcom_in_doubt", "airflow/task_id": "pushed"},
)
def pushed(context: dg.AssetExecutionContext) -> dict[str, Any]:
    airflow = airflow_dag.context(context, task_id="pushed")
    return airflow.keyed(run_bash(airflow.render("echo {{ ti.xcom_push(key='size', value=3) }} pushed")))


@dg.asset(
    key=["xcom_in_doubt", "unsaid"],
    group_name="xcom_in_doubt",
    kinds={"bash"},
    metadata={"airflow/dag_id": "xcom_in_doubt", "airflow/task_id": "unsaid"},
)
def unsaid(context: dg.AssetExecutionContext) -> dict[str, Any]:
    airflow = airflow_dag.context(context, task_id="unsaid")
    run_bash(airflow.render("echo {{ ti.xcom_push(key='size', value=4) }} pushed"))
    return airflow.keyed(None)


@dg.asset(
    key=["xcom_in_doubt", "sizes"],
    ins={
        "pushed": dg.AssetIn(["xcom_in_doubt", "pushed"]),
        "unsaid": dg.AssetIn(["xcom_in_doubt", "unsaid"]),
    },
    group_name="xcom_in_doubt",
    kinds={"bash"},
    metadata={"airflow/dag_id": "xcom_in_doubt", "airflow/task_id": "sizes"},
)
def sizes(context: dg.AssetExecutionContext, pushed: Any, unsaid: Any) -> str:
    airflow = airflow_dag.context(
        context, task_id="sizes", xcoms={"pushed": pushed, "unsaid": unsaid}, keyed=["pushed", "unsaid"]
    )
    return run_bash(
        airflow.render(
            "echo {{ ti.xcom_pull(task_ids='pushed', key='size') + ti.xcom_pull(task_ids='unsaid', key='size') }}"
        )
    )


job = dg.define_asset_job(
    "xcom_in_doubt",
    selection=dg.AssetSelection.groups("xcom_in_doubt"),
    tags={"airflow/dag_id": "xcom_in_doubt"},
)
schedule = dg.ScheduleDefinition(
    name="xcom_in_doubt_schedule", job=job, cron_schedule="0 0 * * *", execution_timezone="UTC"
)
