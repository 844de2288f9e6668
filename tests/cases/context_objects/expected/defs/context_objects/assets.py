"""Airflow DAG `context_objects` (dag.py) as Dagster assets.

Not partitioned: no task reads its dates. Plain assets: every trigger rule is all_success and nothing
branches.

**It**
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.files import DAG_FILES

airflow_dag = AirflowDag(
    dag_id="context_objects",
    airflow="3",
    cron="0 0 * * *",
    data_intervals=False,
    catchup=False,
    default_args={"owner": "team", "retries": 1, "retry_delay": timedelta(minutes=1)},
    description="What is asked of it",
    doc_md="**It**",
    end_date=datetime(2030, 1, 1),
    fileloc=f"{DAG_FILES}/dag.py",
    max_active_runs=16,
    owner="somebody, team",
    schedule_interval="@daily",
    start_date=datetime(2024, 1, 1),
    tags={"one", "two"},
    task_ids=[
        "around",
        "of_the_dag",
        "one",
        "two",
        "more_of_the_dag",
        "of_the_task",
        "in_a_push",
        "only_airflow",
        "in_templates",
        "only_airflows_templates",
    ],
)


@dg.asset(
    key=["context_objects", "of_the_dag"],
    group_name="context_objects",
    retry_policy=dg.RetryPolicy(max_retries=1, delay=60),
    owners=["team:team"],
    kinds={"python"},
    tags={"one": "", "two": ""},
    metadata={"airflow/dag_id": "context_objects", "airflow/task_id": "of_the_dag"},
)
def of_the_dag(context: dg.AssetExecutionContext) -> Any:
    airflow = airflow_dag.context(context, task_id="of_the_dag")
    dag = airflow["dag"]
    return [
        dag.description,
        sorted(dag.tags),
        dag.owner,
        dag.catchup,
        dag.default_args["retries"],
        dag.max_active_runs,
    ]


@dg.asset(
    key=["context_objects", "around"],
    deps=[["context_objects", "of_the_dag"]],
    group_name="context_objects",
    retry_policy=dg.RetryPolicy(max_retries=1, delay=60),
    owners=["team:team"],
    kinds={"python"},
    tags={"one": "", "two": ""},
    metadata={"airflow/dag_id": "context_objects", "airflow/task_id": "around"},
)
def around(context: dg.AssetExecutionContext) -> Any:
    airflow = airflow_dag.context(
        context,
        task_id="around",
        task={"downstream_task_ids": {"one", "two"}, "upstream_task_ids": {"of_the_dag"}},
    )
    task = airflow["task"]
    dag_run = airflow["dag_run"]
    operator = task
    return [sorted(operator.upstream_task_ids), sorted(operator.downstream_task_ids), dag_run.run_type]


@dg.asset(
    key=["context_objects", "one"],
    deps=[["context_objects", "around"]],
    group_name="context_objects",
    retry_policy=dg.RetryPolicy(max_retries=1, delay=60),
    owners=["team:team"],
    tags={"one": "", "two": ""},
    metadata={"airflow/dag_id": "context_objects", "airflow/task_id": "one"},
)
def one() -> None:
    pass


@dg.asset(
    key=["context_objects", "two"],
    deps=[["context_objects", "around"]],
    group_name="context_objects",
    retry_policy=dg.RetryPolicy(max_retries=1, delay=60),
    owners=["team:team"],
    tags={"one": "", "two": ""},
    metadata={"airflow/dag_id": "context_objects", "airflow/task_id": "two"},
)
def two() -> None:
    pass


@dg.asset(
    key=["context_objects", "more_of_the_dag"],
    group_name="context_objects",
    retry_policy=dg.RetryPolicy(max_retries=1, delay=60),
    owners=["team:team"],
    kinds={"python"},
    tags={"one": "", "two": ""},
    metadata={"airflow/dag_id": "context_objects", "airflow/task_id": "more_of_the_dag"},
)
def more_of_the_dag(context: dg.AssetExecutionContext) -> Any:
    airflow = airflow_dag.context(context, task_id="more_of_the_dag")
    ti = airflow["ti"]
    dag = ti.task.dag
    return [dag.doc_md, str(dag.start_date), str(dag.end_date), Path(dag.fileloc).name, sorted(dag.task_ids)]


@dg.asset(
    key=["context_objects", "of_the_task"],
    group_name="context_objects",
    retry_policy=dg.RetryPolicy(max_retries=1, delay=60),
    pool="narrow",
    owners=["team:somebody"],
    kinds={"python"},
    tags={"one": "", "two": ""},
    metadata={"airflow/dag_id": "context_objects", "airflow/task_id": "of_the_task"},
)
def of_the_task(context: dg.AssetExecutionContext) -> Any:
    airflow = airflow_dag.context(
        context,
        task_id="of_the_task",
        task={
            "email": None,
            "owner": "somebody",
            "pool": "narrow",
            "queue": "slow",
            "retry_delay": timedelta(minutes=1),
            "task_type": "_PythonDecoratedOperator",
            "trigger_rule": "all_success",
        },
    )
    task = airflow["task"]
    return [
        task.owner,
        task.email,
        task.queue,
        task.pool,
        task.trigger_rule,
        str(task.retry_delay),
        task.task_type,
    ]


@dg.asset(
    key=["context_objects", "in_a_push"],
    group_name="context_objects",
    retry_policy=dg.RetryPolicy(max_retries=1, delay=60),
    owners=["team:team"],
    kinds={"python"},
    tags={"one": "", "two": ""},
    metadata={"airflow/dag_id": "context_objects", "airflow/task_id": "in_a_push"},
)
def in_a_push(context: dg.AssetExecutionContext) -> dict[str, Any]:
    airflow = airflow_dag.context(context, task_id="in_a_push")
    run_id = airflow["run_id"]
    dag = airflow["dag"]
    xcom: dict[str, Any] = {}
    xcom["seen"] = {"run": run_id[:9], "of": dag.description}
    return xcom


@dg.asset(
    key=["context_objects", "only_airflow"],
    group_name="context_objects",
    retry_policy=dg.RetryPolicy(max_retries=1, delay=60),
    owners=["team:team"],
    kinds={"python"},
    tags={"one": "", "two": ""},
    metadata={"airflow/dag_id": "context_objects", "airflow/task_id": "only_airflow"},
)
def only_airflow(context: dg.AssetExecutionContext) -> Any:
    airflow = airflow_dag.context(context, task_id="only_airflow")
    dag_run = airflow["dag_run"]
    return [ti.state for ti in dag_run.get_task_instances()]


@dg.asset(
    key=["context_objects", "in_templates"],
    group_name="context_objects",
    retry_policy=dg.RetryPolicy(max_retries=1, delay=60),
    owners=["team:team"],
    kinds={"bash"},
    tags={"one": "", "two": ""},
    metadata={"airflow/dag_id": "context_objects", "airflow/task_id": "in_templates"},
)
def in_templates(context: dg.AssetExecutionContext) -> str:
    airflow = airflow_dag.context(
        context,
        task_id="in_templates",
        task={
            "depends_on_past": False,
            "doc": None,
            "doc_md": None,
            "downstream_task_ids": set(),
            "email": None,
            "execution_timeout": None,
            "owner": "team",
            "pool": "default_pool",
            "priority_weight": 1,
            "queue": "default",
            "retry_delay": timedelta(minutes=1),
            "task_type": "BashOperator",
            "trigger_rule": "all_success",
            "upstream_task_ids": set(),
            "wait_for_downstream": False,
        },
    )
    return run_bash(
        airflow.render(
            "echo '{{ dag.description }} of {{ task.owner }} {{ dag.start_date.year }} {{ ti.task.dag.doc_md }}'"
        )
    )


@dg.asset(
    key=["context_objects", "only_airflows_templates"],
    group_name="context_objects",
    retry_policy=dg.RetryPolicy(max_retries=1, delay=60),
    owners=["team:team"],
    kinds={"bash"},
    tags={"one": "", "two": ""},
    metadata={"airflow/dag_id": "context_objects", "airflow/task_id": "only_airflows_templates"},
)
def only_airflows_templates(context: dg.AssetExecutionContext) -> str:
    airflow = airflow_dag.context(context, task_id="only_airflows_templates")
    return run_bash(airflow.render("echo {{ dag.get_run_dates(1, 2) }}"))


job = dg.define_asset_job(
    "context_objects",
    selection=dg.AssetSelection.groups("context_objects"),
    description="What is asked of it",
    tags={"airflow/dag_id": "context_objects"},
)


@dg.schedule(name="context_objects_schedule", cron_schedule="0 0 * * *", job=job, execution_timezone="UTC")
def schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    tick = context.scheduled_execution_time
    if tick > datetime.fromisoformat("2030-01-01T00:00:00+00:00"):
        return dg.SkipReason("The schedule ended at 2030-01-01T00:00:00+0000.")
    return dg.RunRequest()
