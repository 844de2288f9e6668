"""Airflow DAG `late_constants` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

import json
import logging
import os
from typing import Any

import dagster as dg

from ...airflow_compat.dag import AirflowDag

log = logging.getLogger(__name__)


def describe(host):
    # Hosts are told by their first label.
    return host.partition(".")[0]


def show_names(prefix, **kwargs):
    settings = json.loads(os.environ["AIRFLOW_VAR_PROXY_SETTINGS"])
    hosts = [f"http://{line}" for line in settings["hosts"]]
    names = {host: describe(host) for host in hosts}
    print(prefix, json.dumps(names))


def first_line():
    """What the comment says stays."""
    settings = json.loads(os.environ["AIRFLOW_VAR_PROXY_SETTINGS"])
    hosts = [f"http://{line}" for line in settings["hosts"]]
    # The first of them is the newest.
    return hosts[0]


airflow_dag = AirflowDag(dag_id="late_constants", airflow="2")


@dg.asset(
    key=["late_constants", "count_hosts"],
    description="How many hosts there are.",
    group_name="late_constants",
    kinds={"python"},
    metadata={"airflow/dag_id": "late_constants", "airflow/task_id": "count_hosts"},
)
def count_hosts() -> Any:
    settings = json.loads(os.environ["AIRFLOW_VAR_PROXY_SETTINGS"])
    hosts = [f"http://{line}" for line in settings["hosts"]]
    return len(hosts)


@dg.asset(
    key=["late_constants", "first"],
    deps=[["late_constants", "count_hosts"]],
    group_name="late_constants",
    kinds={"python"},
    metadata={"airflow/dag_id": "late_constants", "airflow/task_id": "first"},
)
def first(context: dg.AssetExecutionContext) -> None:
    airflow = airflow_dag.context(context, task_id="first")
    return show_names(prefix="a", **airflow.as_kwargs())


@dg.asset(
    key=["late_constants", "second"],
    deps=[["late_constants", "count_hosts"]],
    group_name="late_constants",
    kinds={"python"},
    metadata={"airflow/dag_id": "late_constants", "airflow/task_id": "second"},
)
def second(context: dg.AssetExecutionContext) -> None:
    airflow = airflow_dag.context(context, task_id="second")
    return show_names(prefix="b", **airflow.as_kwargs())


@dg.asset(
    key=["late_constants", "told"],
    deps=[["late_constants", "first"], ["late_constants", "second"]],
    group_name="late_constants",
    kinds={"python"},
    metadata={"airflow/dag_id": "late_constants", "airflow/task_id": "told"},
)
def told() -> None:
    settings = json.loads(os.environ["AIRFLOW_VAR_PROXY_SETTINGS"])
    hosts = [f"http://{line}" for line in settings["hosts"]]
    log.info("hosts: %s", ", ".join(hosts))


@dg.asset(
    key=["late_constants", "listed"],
    deps=[["late_constants", "told"]],
    group_name="late_constants",
    kinds={"python"},
    metadata={"airflow/dag_id": "late_constants", "airflow/task_id": "listed"},
)
def listed(context: dg.AssetExecutionContext) -> None:
    airflow = airflow_dag.context(context, task_id="listed")
    ti = airflow["ti"]
    folder = "in"
    region = os.environ["AIRFLOW_VAR_REGION"]
    # One folder for each part of the region.
    folders = [f"data-{part}" for part in region.split("-")]
    ti.log.info("%s of %s", folder, folders)


@dg.asset(
    key=["late_constants", "line"],
    deps=[["late_constants", "told"]],
    description="What the comment says stays.",
    group_name="late_constants",
    kinds={"python"},
    metadata={"airflow/dag_id": "late_constants", "airflow/task_id": "line"},
)
def line() -> Any:
    return first_line()


@dg.asset(
    key=["late_constants", "again"],
    deps=[["late_constants", "told"]],
    description="What the comment says stays.",
    group_name="late_constants",
    kinds={"python"},
    metadata={"airflow/dag_id": "late_constants", "airflow/task_id": "again"},
)
def again() -> Any:
    return first_line()


job = dg.define_asset_job(
    "late_constants",
    selection=dg.AssetSelection.groups("late_constants"),
    tags={"airflow/dag_id": "late_constants"},
)
