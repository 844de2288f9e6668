"""Airflow DAG `dag_arguments` (dag.py) as Dagster assets.

Partitioned: it backfills (catchup). Plain assets: every trigger rule is all_success and nothing branches.

The nightly load.
"""

import dagster as dg

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="30 2 * * 1-5",
    start="2024-01-01T00:00:00+0000",
    end="2024-12-31T02:30:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
)


@dg.asset(
    key=["dag_arguments", "begin"],
    group_name="dag_arguments",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=2, delay=300),
    pool="warehouse",
    owners=["team:sales"],
    tags={"nightly": "", "sales": ""},
    op_tags={"dagster/priority": "5"},
    metadata={"airflow/dag_id": "dag_arguments", "airflow/task_id": "begin"},
)
def begin() -> None:
    pass


@dg.asset(
    key=["dag_arguments", "end"],
    deps=[["dag_arguments", "begin"]],
    group_name="dag_arguments",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=2, delay=300),
    pool="warehouse",
    owners=["ops@example.com"],
    tags={"nightly": "", "sales": ""},
    op_tags={"dagster/priority": "5"},
    metadata={"airflow/dag_id": "dag_arguments", "airflow/task_id": "end"},
)
def end() -> None:
    pass


job = dg.define_asset_job(
    "dag_arguments",
    selection=dg.AssetSelection.groups("dag_arguments"),
    tags={"airflow/dag_id": "dag_arguments"},
    executor_def=dg.multiprocess_executor.configured({"max_concurrent": 4}),
)


@dg.schedule(name="dag_arguments_schedule", cron_schedule="30 2 * * 1-5", job=job, execution_timezone="UTC")
def schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    tick = context.scheduled_execution_time
    with dg.partition_loading_context(effective_dt=tick):
        key = intervals.get_last_partition_key()
    # After the last interval, Dagster would ask for its partition again at every tick.
    if key is None or intervals.time_window_for_partition_key(key).end != tick:
        return dg.SkipReason("No interval ends at this tick.")
    return dg.RunRequest(run_key=key, partition_key=key)
