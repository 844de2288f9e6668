"""Airflow DAG `hooks_among_rules` (dag.py) as Dagster assets.

No schedule, as in Airflow. Outcome graph: `choose` decides which tasks run after it; `after` (none_failed)
looks at how other tasks ended.
"""

import os
from typing import Any

from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.graph import AirflowGraph
from ...airflow_compat.hooks import Hooks, skip_if

LIMIT = 3

airflow_dag = AirflowDag(dag_id="hooks_among_rules", airflow="3")

airflow_graph = AirflowGraph(
    "hooks_among_rules", airflow="3", airflow_dag=airflow_dag, group_name="hooks_among_rules"
)


@airflow_graph.task(
    kind="branch",
    hooks=Hooks(
        pre_execute=[lambda context: print(os.environ.get("AIRFLOW_VAR_MODE", "none"), context["run_id"])]
    ),
    kinds={"python"},
)
def choose() -> Any:
    return "load"


@airflow_graph.task(
    inputs={"choose": "choose"},
    hooks=Hooks(
        pre_execute=[skip_if(lambda context: context["ti"].xcom_pull("choose") == "load")],
        xcoms={"choose": "choose"},
    ),
    kinds={"python"},
)
def load(choose: Any) -> Any:
    return 1


@airflow_graph.task(upstream=["choose"])
def other() -> None:
    pass


@airflow_graph.task(
    upstream=["load", "other"],
    trigger_rule="none_failed",
    hooks=Hooks(post_execute=[lambda context, result: print(result + LIMIT)]),
    kinds={"python"},
)
def after() -> int:
    return 2


assets = airflow_graph.assets()

job = airflow_graph.job("hooks_among_rules")
