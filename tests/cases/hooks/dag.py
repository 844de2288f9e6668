"""Functions that are called before and after tasks, and may skip or fail them."""

from datetime import datetime
from pathlib import Path

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, Variable, task
from airflow.sdk.exceptions import AirflowSkipException

LIMIT = 3


def need_space(context):
    """Raises where the disk of the run's folder is said to be full."""
    if Path(f"/tmp/full_{context['ds_nodash']}").exists():
        raise RuntimeError("no space left")


def not_too_many(context, result):
    if len(result) > LIMIT:
        raise AirflowSkipException(f"{len(result)} rows are too many")


def note(context, result=None):
    print(context["ti"].task_id, "has ended")


with DAG(
    "hooks",
    schedule="@daily",
    start_date=datetime(2024, 1, 1),
    params={"full": False, "limit": 10},
):

    @task(pre_execute=need_space, post_execute=not_too_many)
    def rows() -> list[int]:
        return [1, 2, 3]

    @task.run_if(lambda context: context["params"]["full"], "only in full loads")
    @task
    def reload() -> None:
        print("reloading")

    @task.skip_if(lambda context: len(context["ti"].xcom_pull(task_ids="rows")) < 2)
    @task.run_if(lambda context: (context["params"]["limit"] > 5, "the limit is low"))
    @task.bash(params={"limit": 7})
    def summary() -> str:
        return "echo summary"

    rows() >> [reload(), summary()]
    BashOperator(task_id="quiet", bash_command="echo quiet", retries=1, post_execute=note)
    EmptyOperator(task_id="never_executed", pre_execute=need_space)


with DAG("hooks_among_rules", schedule=None, start_date=datetime(2024, 1, 1)):

    @task.branch(pre_execute=lambda context: print(Variable.get("mode", "none"), context["run_id"]))
    def choose():
        return "load"

    @task.skip_if(lambda context: context["ti"].xcom_pull("choose") == "load")
    @task
    def load():
        return 1

    @task(trigger_rule="none_failed", post_execute=lambda context, result: print(result + LIMIT))
    def after() -> int:
        return 2

    choose() >> [load(), EmptyOperator(task_id="other")] >> after()


class Looking(BashOperator):
    """An operator with methods of its own around what it executes."""

    def pre_execute(self, context):
        if context["dag_run"].conf.get("skip"):
            raise AirflowSkipException("as it was asked for")

    def post_execute(self, context, result=None):
        print("ended with", result)


with DAG("hooks_of_a_class", schedule=None, start_date=datetime(2024, 1, 1)):
    Looking(task_id="looking", bash_command="echo looked") >> BashOperator(task_id="then", bash_command="true")
