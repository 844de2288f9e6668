"""Airflow 2: functions that skip or fail tasks before or after them, and methods of a class that do."""

import json
import os
from datetime import datetime

from airflow import DAG
from airflow.decorators import task
from airflow.exceptions import AirflowSkipException
from airflow.models import BaseOperator
from airflow.operators.bash import BashOperator
from airflow.operators.empty import EmptyOperator
from airflow.sensors.python import PythonSensor

HOOKS = json.loads(os.environ.get("HOOKS", "{}"))


def stop_on_the_second(context):
    if context["ds"] > "2024-01-01":
        raise AirflowSkipException("not on the second")


def fail(context):
    raise ValueError("not today")


def refuse(context, result):
    raise ValueError(f"{result} is refused")


def skip_after(context, result):
    if result:
        raise AirflowSkipException("after all")


with DAG("hooks_2", schedule="@daily", start_date=datetime(2024, 1, 1), params={"rows": 3}) as dag:

    @task(post_execute=refuse)
    def refused():
        return 7

    @task(trigger_rule="all_done")
    def see(value):
        return value

    @task(post_execute=skip_after)
    def late():
        return 5

    @task(trigger_rule="all_done")
    def see_late(ti=None):
        return ti.xcom_pull(task_ids="late")

    @task.run_if(lambda context: context["params"]["rows"] > 2)
    @task.skip_if(lambda context: (context["ti"].xcom_pull(task_ids="see_late") == 5, "five"))
    @task
    def guarded():
        return 1

    see(refused())
    late() >> see_late() >> guarded()
    BashOperator(task_id="first_only", bash_command="echo {{ ds }}", pre_execute=stop_on_the_second) >> EmptyOperator(
        task_id="then", pre_execute=fail
    )
    BashOperator(task_id="failing", bash_command="true", pre_execute=fail, retries=1) >> BashOperator(
        task_id="in_any_case", bash_command="echo done", trigger_rule="all_done", do_xcom_push=False
    )

    @task(pre_execute=lambda context: context["ti"].map_index == 1 and fail(context))
    def each(x):
        return x

    each.expand(x=[1, 2, 3]) >> EmptyOperator(task_id="after_each", trigger_rule="all_done")


class Own(BaseOperator):
    template_fields = ("what",)

    def __init__(self, what, **kwargs):
        super().__init__(**kwargs)
        self.what = what

    def pre_execute(self, context):
        if context["ds"] > "2024-01-01":
            raise AirflowSkipException(self.what)

    def execute(self, context):
        return self.what

    def post_execute(self, context, result=None):
        if result is None:
            raise ValueError("nothing came")
        print(result)


with DAG("methods_2", schedule="@daily", start_date=datetime(2024, 1, 1)):
    Own(task_id="own", what="{{ ds }}") >> EmptyOperator(task_id="after_own")


def decide(context):
    print(context)


with DAG("hooks_to_be_written", schedule=None, start_date=datetime(2024, 1, 1)):
    Own(task_id="both", what="x", pre_execute=stop_on_the_second)
    BashOperator(task_id="unknown", bash_command="true", pre_execute=HOOKS.get("first"))
    PythonSensor(task_id="result_of_a_sensor", python_callable=decide, post_execute=refuse)
