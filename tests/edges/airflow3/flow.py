"""How tasks end: failing, for good, skipping, timing out, tried again; groups, params, macros, filters, overrides."""

import time
from datetime import timedelta

import pendulum
from airflow.exceptions import AirflowFailException, AirflowSkipException
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.providers.standard.sensors.python import PythonSensor
from airflow.sdk import DAG, Param, TaskGroup, get_current_context, task


def note(context):
    print("failed:", context["ti"].task_id)


def fail():
    raise ValueError("no")


def fail_for_good():
    raise AirflowFailException("for good")


def skip():
    raise AirflowSkipException("not today")


def slow():
    time.sleep(5)


def second_time(ti):
    if ti.try_number < 2:
        raise RuntimeError("first")
    return ti.try_number


def show_params(params, dag_run, **_):
    return {"n": params["n"], "text": params["text"], "conf": dag_run.conf}


def nested(first, *rest, k=None, **others):
    return [first, rest, k, sorted(name for name in others if name in ("ds", "ti", "params", "run_id", "extra"))]


with DAG(
    "flow",
    schedule="0 7 * * 1-5",
    start_date=pendulum.datetime(2024, 1, 1, tz="America/New_York"),
    catchup=False,
    params={"n": 3, "text": Param("x", type="string")},
    user_defined_macros={"double": lambda x: x * 2, "WORD": "macro"},
    user_defined_filters={"shout": lambda s: s.upper()},
    default_args={"retries": 1, "retry_delay": timedelta(seconds=1), "on_failure_callback": note},
):
    PythonOperator(task_id="fail", python_callable=fail) >> EmptyOperator(task_id="after_fail")
    PythonOperator(task_id="fail_for_good", python_callable=fail_for_good, retries=3)
    skipped = PythonOperator(task_id="skip", python_callable=skip)
    skipped >> EmptyOperator(task_id="after_skip") >> EmptyOperator(task_id="after_after_skip")
    PythonOperator(task_id="slow", python_callable=slow, execution_timeout=timedelta(seconds=1))
    PythonOperator(task_id="second_time", python_callable=second_time)
    PythonOperator(task_id="show_params", python_callable=show_params)
    PythonOperator(
        task_id="nested",
        python_callable=nested,
        op_args=["{{ ds }}", ["{{ params.n }}", {"x": "{{ ts_nodash }}"}]],
        op_kwargs={"k": "{{ double(params.n) }} {{ WORD }}", "extra": 1},
    )
    soft = PythonSensor(task_id="soft", python_callable=lambda: False, timeout=0, poke_interval=0.1, soft_fail=True)
    soft >> EmptyOperator(task_id="after_soft")
    PythonSensor(task_id="hard", python_callable=lambda: False, timeout=0, poke_interval=0.1)
    with TaskGroup("g") as group:
        a = BashOperator(task_id="a", bash_command="echo one; echo two")
        with TaskGroup("inner"):
            b = BashOperator(
                task_id="b", bash_command='echo \'{{ ti.xcom_pull(task_ids="g.a") | shout }} {{ "x" | shout }}\''
            )
        a >> b
    group >> BashOperator(task_id="done", bash_command='echo \'{{ ti.xcom_pull(task_ids=["g.a", "g.inner.b"]) }}\'')
    BashOperator(task_id="environment", bash_command="echo $A-$HOME", env={"A": "{{ ds }}"})
    BashOperator(
        task_id="loop",
        bash_command="""
{% for i in range(3) %}
echo {{ i }}{{ '' if loop.last else ',' }}
{% endfor %}
""",
    )

    @task
    def current():
        context = get_current_context()
        dates = [str(context["data_interval_start"]), str(context["logical_date"])]
        return [context["ds"], context["ti"].task_id, context["dag"].dag_id, *dates]

    @task(task_id="renamed", retries=0)
    def original(x, y=2):
        return x + y

    @task
    def consume(values, mapping=None):
        return [values, mapping]

    renamed = original(1)
    again = original.override(task_id="again")(renamed, y=renamed)
    consume([renamed, {"k": again}], mapping={"c": current()})
