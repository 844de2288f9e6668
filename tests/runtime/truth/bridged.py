"""Airflow operators run in Dagster by the bridge, on this interpreter's Airflow: answers go to $TRUTH_OUT/bridged.json.

The metadata database is a file in a folder that does not exist: whatever wants it fails.
"""

import datetime as dt
import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

import airflow
import dagster as dg
from airflow.exceptions import AirflowFailException, AirflowSkipException
from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.triggers.base import BaseTrigger, TriggerEvent

from migrator.runtime.compat.bridge import execute_operator
from migrator.runtime.compat.dag import AirflowDag
from migrator.runtime.compat.task import airflow_task

THREE = not airflow.__version__.startswith("2.")
if THREE:
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.providers.standard.operators.python import PythonOperator
    from airflow.providers.standard.sensors.python import PythonSensor
    from airflow.providers.standard.sensors.time_delta import TimeDeltaSensor
    from airflow.sdk import BaseHook, BaseOperator, Variable, get_current_context
else:
    from airflow.hooks.base import BaseHook
    from airflow.models import BaseOperator, Variable
    from airflow.operators.bash import BashOperator
    from airflow.operators.python import PythonOperator, get_current_context
    from airflow.sensors.python import PythonSensor
    from airflow.sensors.time_delta import TimeDeltaSensor


class Report(BaseOperator):
    """An operator of a user's, with templates in nested structures."""

    template_fields = ("query", "options")

    def __init__(self, query, options, **kwargs):
        super().__init__(**kwargs)
        self.query, self.options = query, options

    def execute(self, context):
        context["ti"].xcom_push(key="rows", value=3)
        current = get_current_context()
        return {
            "query": self.query,
            "options": self.options,
            "same": current["ds"] == context["ds"],
            "task": context["task"].task_id,
            "variable": Variable.get("word"),
            "connection": BaseHook.get_connection("warehouse").host,
            "try": context["ti"].try_number,
            "run_id": context["run_id"],
        }


class Child(Report):
    def execute(self, context):
        return super().execute(context)["query"]


class Soon(BaseTrigger):
    def __init__(self, word):
        super().__init__()
        self.word = word

    def serialize(self):
        return f"{type(self).__module__}.Soon", {"word": self.word}

    async def run(self):
        yield TriggerEvent({"word": self.word})


class Deferring(BaseOperator):
    def execute(self, context):
        self.defer(trigger=Soon("once"), method_name="again", kwargs={"count": 1})

    def again(self, context, event, count):
        if count < 2:
            self.defer(trigger=Soon("twice"), method_name="again", kwargs={"count": count + 1})
        return [event["word"], count, context["ds"]]


class Raising(BaseOperator):
    def __init__(self, error, **kwargs):
        super().__init__(**kwargs)
        self.error = error

    def execute(self, context):
        raise self.error


def called(ds, word, **context):
    return [ds, word, context["ti"].task_id]


POKES = []


def never():
    return False


def second_time():
    POKES.append(1)
    return len(POKES) > 1


OPERATORS = {
    "bash": lambda: BashOperator(task_id="t", bash_command="echo {{ ds }} {{ params.p }} $AIRFLOW_CTX_DAG_ID"),
    "bash_skip": lambda: BashOperator(task_id="t", bash_command="exit 99"),
    "bash_fail": lambda: BashOperator(task_id="t", bash_command="exit 1"),
    "sql": lambda: SQLExecuteQueryOperator(task_id="t", conn_id="checked", sql="SELECT '{{ ds }}', 1"),
    "custom": lambda: Report(task_id="t", query="day = '{{ ds }}'", options={"a": ["{{ params.p }}", 1]}),
    "child": lambda: Child(task_id="t", query="{{ ti.xcom_pull('source')[0] }}", options=None),
    "python": lambda: PythonOperator(task_id="t", python_callable=called, op_kwargs={"word": "{{ ds_nodash }}"}),
    "sensor": lambda: PythonSensor(task_id="t", python_callable=second_time, poke_interval=0.1, mode="reschedule"),
    "sensor_timeout": lambda: PythonSensor(task_id="t", python_callable=never, poke_interval=0.1, timeout=0.1),
    "sensor_soft": lambda: PythonSensor(
        task_id="t", python_callable=never, poke_interval=0.1, timeout=0.1, soft_fail=True
    ),
    "deferring": lambda: Deferring(task_id="t"),
    "skip": lambda: Raising(task_id="t", error=AirflowSkipException("enough")),
    "fail": lambda: Raising(task_id="t", error=AirflowFailException("no more")),
    "error": lambda: Raising(task_id="t", error=ValueError("bad")),
    "undefined": lambda: BashOperator(task_id="t", bash_command="echo {{ absent }}"),
    "deferrable": lambda: TimeDeltaSensor(task_id="t", delta=dt.timedelta(hours=1), **DEFERRABLE),
}
DEFERRABLE = {"deferrable": True} if THREE else {}


def main():
    dag = AirflowDag(
        dag_id="bridged",
        airflow="3" if THREE else "2",
        cron="0 0 * * *",
        data_intervals=not THREE,
        params={"p": "pv"},
    )
    seen = {}
    for name, make in OPERATORS.items():
        pushed = {}

        def body(context: dg.AssetExecutionContext):
            airflow_context = dag.context(context, "t", xcoms={"source": ["s"]})
            value = execute_operator(make(), airflow_context)  # noqa: B023
            pushed.update(airflow_context.pushed)  # noqa: B023
            return value

        asset = dg.asset(name=name, partitions_def=dg.DailyPartitionsDefinition("2024-01-01"), output_required=False)(
            airflow_task(dag=dag, task_id="t")(body)
        )
        result = dg.materialize([asset], partition_key="2024-03-05", raise_on_error=False)
        failures = [e.step_failure_data.error_display_string for e in result.all_events if e.is_step_failure]
        outputs = [e for e in result.all_events if e.is_successful_output]
        seen[name] = {
            "success": result.success,
            "error": failures[0][:4000] if failures else "",
            "value": result.output_for_node(name) if outputs else "no output",
            "pushed": pushed,
        }
    Path(os.environ["TRUTH_OUT"], "bridged.json").write_text(json.dumps(seen, default=str))


if __name__ == "__main__":
    main()
