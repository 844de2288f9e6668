"""Airflow DAG `mapping_over_settings` (dag.py) as Dagster assets.

No schedule, as in Airflow. Outcome graph: `measure` is mapped; `copy` is mapped.
"""

import os
from typing import Any

from ...airflow_compat.graph import AirflowGraph

airflow_graph = AirflowGraph("mapping_over_settings", airflow="2", group_name="mapping_over_settings")


@airflow_graph.task(
    expand={
        "region": lambda: {"all": ["north", "south"], "north": ["north"]}.get(
            os.environ.get("REGIONS", "all")
        )
    },
    kinds={"python"},
)
def measure(region: Any) -> Any:
    return len(region)


@airflow_graph.task(
    expand_kwargs=lambda: [
        {"source": "rain", "bucket": os.environ["AIRFLOW_VAR_BUCKET"]},
        {"source": "wind", "bucket": os.environ["AIRFLOW_VAR_BUCKET"]},
    ],
    kinds={"python"},
)
def copy(source: Any, bucket: Any) -> Any:
    return f"{bucket}/{source}"


assets = airflow_graph.assets()

job = airflow_graph.job("mapping_over_settings")
