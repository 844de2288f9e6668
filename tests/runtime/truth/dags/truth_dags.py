"""What tasks see in a real Airflow run, for the tables beside; written to $TRUTH_OUT, a JSON file for each DAG run."""

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import airflow
import pendulum
from tables import BASH, NATIVE, TEMPLATES, XCOM_VALUES

THREE = not airflow.__version__.startswith("2.")
if THREE:
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.providers.standard.operators.python import PythonOperator
    from airflow.sdk import DAG
    from airflow.timetables.interval import CronDataIntervalTimetable
else:
    from airflow import DAG
    from airflow.operators.bash import BashOperator
    from airflow.operators.python import PythonOperator


def shown(value):
    """A value's type and content; two values that show the same are the same."""
    return f"{type(value).__name__}: {value!r}"


def tried(function):
    try:
        return shown(function())
    except Exception as error:
        return f"! {type(error).__name__}"


def save(name, observed):
    Path(os.environ["TRUTH_OUT"], f"{name}.json").write_text(json.dumps(observed))


def push(ti):
    pushed = {}
    for number, (name, value) in enumerate(XCOM_VALUES.items()):
        pushed[name] = tried(lambda n=number, v=value: ti.xcom_push(key=f"value_{n}", value=v))
    save("pushed", pushed)


def pull(ti):
    save(
        "pulled",
        {
            name: tried(lambda n=number: ti.xcom_pull(task_ids="push", key=f"value_{n}"))
            for number, name in enumerate(XCOM_VALUES)
        },
    )


with DAG("xcom_values", start_date=pendulum.datetime(2024, 1, 1), schedule="@daily", catchup=False):
    PythonOperator(task_id="push", python_callable=push) >> PythonOperator(task_id="pull", python_callable=pull)


def source(ti):
    ti.xcom_push(key="extra", value=[1, 2])
    return {"rows": [1, 2]}


def render(**context):
    task, table = context["task"], TEMPLATES
    if task.dag.render_template_as_native_obj:
        table = {text: text for text in NATIVE}
    name = f"{context['dag'].dag_id}-{context['dag_run'].run_type.split('.')[-1].lower()}"
    save(name, {key: tried(lambda v=value: task.render_template(v, context)) for key, value in table.items()})
    save(f"names-{name}", sorted(context))


def backwards(text):
    return text[::-1]


def templates_dag(dag_id, schedule, timezone="UTC", **options):
    with DAG(
        dag_id,
        schedule=schedule,
        start_date=pendulum.datetime(2024, 1, 1, tz=timezone),
        catchup=False,
        description="About templates",
        tags=["a"],
        params={"p": "pv", "n": 3},
        default_args={"owner": "ann", "retries": 2},
        user_defined_macros={"shout": lambda text: text + "!", "GREETING": "hello", "ds": "hidden"},
        user_defined_filters={"backwards": backwards},
        **options,
    ):
        first = [
            PythonOperator(task_id="source", python_callable=source),
            PythonOperator(task_id="other", python_callable=lambda: "o"),
            PythonOperator(task_id="nothing", python_callable=lambda: None),
            PythonOperator(task_id="many", python_callable=many),
        ]
        first >> PythonOperator(task_id="render", python_callable=render)


def many(ti):
    ti.xcom_push(key="a", value=1)
    return {"a": 1}


templates_dag("daily", "0 6 * * *")
templates_dag("tokyo", "0 0 * * *", "Asia/Tokyo")
templates_dag("native", "0 6 * * *", render_template_as_native_obj=True)
if THREE:
    templates_dag("intervals", CronDataIntervalTimetable("0 6 * * *", timezone="UTC"))

with DAG("bash", start_date=pendulum.datetime(2024, 1, 1), schedule="@daily", catchup=False):
    for number, case in enumerate(BASH):
        BashOperator(task_id=f"b{number}", **{name: value for name, value in case.items() if name != "stdin"})
