"""What becomes of the arguments every operator has, from Airflow 1.10 to 3.3.

`translate` handles what becomes part of the asset; the rest is dropped with a reason or named as lost. `default` is the
value at which an argument changes nothing; the reasons come from BaseOperator's own source in each line.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

from ..records import dataclass


@dataclass(frozen=True, slots=True)
class CommonFate:
    """handled: `text` says what it becomes; dropped: why that changes nothing; unsupported: what is different."""

    fate: Literal["handled", "dropped", "unsupported"]
    text: str
    default: Any = None


def _handled(text: str, default: Any = None) -> CommonFate:
    return CommonFate("handled", text, default)


def _dropped(text: str, default: Any = None) -> CommonFate:
    return CommonFate("dropped", text, default)


def _unsupported(text: str, default: Any = None) -> CommonFate:
    return CommonFate("unsupported", text, default)


_PLACE = "Dagster runs the asset wherever its code location runs."
_SHOWN = "It only changes what Airflow's web interface shows."

COMMON: dict[str, CommonFate] = {
    # identity and place
    "task_id": _handled("The asset's key and name."),
    "dag": _handled("The module the asset is in."),
    "task_group": _handled("The group is part of the task's id."),
    "default_args": _handled("Each default is an argument of the task."),
    "owner": _handled("The asset's owner.", "airflow"),
    "params": _handled("The values of `params` that the task sees."),
    "task_display_name": _dropped(_SHOWN),
    "map_index_template": _dropped(_SHOWN),
    "ui_color": _dropped(_SHOWN),
    "ui_fgcolor": _dropped(_SHOWN),
    # documentation
    "doc": _handled("The asset's description."),
    "doc_md": _handled("The asset's description."),
    "doc_rst": _handled("The asset's description."),
    "doc_json": _handled("The asset's description."),
    "doc_yaml": _handled("The asset's description."),
    # failing and trying again
    "retries": _handled("The asset's retry policy.", 0),
    "retry_delay": _handled("The asset's retry policy.", timedelta(seconds=300)),
    "retry_exponential_backoff": _handled("The runtime module asks for each retry at Airflow's own time.", False),
    "max_retry_delay": _handled("The runtime module asks for each retry at Airflow's own time."),
    "retry_policy": _unsupported("Whether a failure is tried again is not asked of the policy."),
    "execution_timeout": _handled("The runtime module ends the try after that time."),
    "on_execute_callback": _handled("The runtime module calls it."),
    "on_failure_callback": _handled("The runtime module calls it."),
    "on_success_callback": _handled("The runtime module calls it."),
    "on_retry_callback": _handled("The runtime module calls it."),
    "on_skipped_callback": _handled("The runtime module calls it."),
    "pre_execute": _handled("The runtime module calls it, and the conditions of `@task.run_if` and `skip_if`."),
    "post_execute": _handled("The runtime module calls it with what the task returned."),
    "email": _handled("The runtime module sends the mail."),
    "email_on_failure": _handled("Whether the runtime module sends a mail.", True),
    "email_on_retry": _handled("Whether the runtime module sends a mail.", True),
    "sla": _unsupported(
        "Nobody is told when the task is late: a freshness policy needs an asset and a deadline that is a cron."
    ),
    # order
    "on_failure_fail_dagrun": _handled("Whether the run fails when the teardown does.", False),
    "trigger_rule": _handled("The asset's dependencies.", "all_success"),
    "depends_on_past": _unsupported("A run does not wait for the same task's success in the run before.", False),
    "ignore_first_depends_on_past": _dropped(
        "It matters together with `depends_on_past`, which is reported by itself.", True
    ),
    "wait_for_past_depends_before_skipping": _dropped(
        "It matters together with `depends_on_past`, which is reported by itself.", False
    ),
    "wait_for_downstream": _unsupported(
        "A run does not wait for what follows the same task in the run before, nor for the task itself.", False
    ),
    "start_date": _handled("The schedule begins with the DAG's earliest start date."),
    "end_date": _handled("The schedule ends with the DAG's end date."),
    "schedule_interval": _dropped("Airflow ignores it on a task."),
    # how many, how soon, where
    "pool": _handled("The asset's pool.", "default_pool"),
    "pool_slots": _unsupported("The task takes one slot of its pool.", 1),
    "priority_weight": _handled("The tag `dagster/priority`.", 1),
    "weight_rule": _dropped(
        "It only orders tasks that wait for a free slot; Dagster takes the task's own priority.", "downstream"
    ),
    "queue": _dropped(f"It names the workers of Airflow's executor. {_PLACE}", "default"),
    "executor": _dropped(f"It names one of Airflow's executors. {_PLACE}"),
    "executor_config": _unsupported(
        "What it asks of Airflow's executor (image, resources, volumes) is to be given to Dagster's run launcher."
    ),
    "resources": _dropped("Airflow's executors do not use it."),
    "run_as_user": _unsupported("The task runs as the user of the Dagster process."),
    "task_concurrency": _unsupported("Runs of the task are not limited; a pool of Dagster can limit them."),
    "max_active_tis_per_dag": _unsupported("Runs of the task are not limited; a pool of Dagster can limit them."),
    "max_active_tis_per_dagrun": _dropped("It limits the instances of a mapped task, which this is not."),
    # data
    "do_xcom_push": _handled("Whether the asset has a value.", True),
    "multiple_outputs": _handled("Consumers index the asset's value.", False),
    "inlets": _dropped("Airflow records it as lineage; it makes no dependency."),
    "outlets": _handled("The asset's key."),
    "render_template_as_native_obj": _unsupported("The task's templates are rendered as the DAG says."),
    # other
    "logger_name": _dropped("Airflow's loggers are named by it; messages are the same."),
    "allow_nested_operators": _dropped("It only warns of operators inside operators.", True),
    "start_from_trigger": _dropped("It says how Airflow's triggerer takes part.", False),
    "start_trigger_args": _dropped("It says how Airflow's triggerer takes part."),
    "provide_context": _dropped("Since Airflow 2 the context is always passed."),
}
