"""What travels from task to task: XComs of every shape, return annotations that are wrong, contexts, environments."""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, task


def nothing():
    pass


def reads_nothing(ti):
    return [ti.xcom_pull(task_ids="nothing"), ti.xcom_pull(task_ids="hello", key="missing")]


def pushes(ti):
    ti.xcom_push(key="a", value=1)
    ti.xcom_push("b", {"x": [1, 2]})


def pushes_and_returns(**context):
    context["ti"].xcom_push(key="a", value=(1, 2))
    if context["ds"] > "2000":
        return "early"
    return "late"


def pulls(ti, **kwargs):
    both = ti.xcom_pull(task_ids=["pushes", "pushes_and_returns"], key="a")
    b = ti.xcom_pull(task_ids="pushes", key="b")
    return {"b": b, "both": list(both), "returned": ti.xcom_pull(task_ids="pushes_and_returns")}


with DAG("values", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False):
    made_nothing = PythonOperator(task_id="nothing", python_callable=nothing)
    hello = BashOperator(task_id="hello", bash_command="echo hello")
    [made_nothing, hello] >> PythonOperator(task_id="reads_nothing", python_callable=reads_nothing)
    by_key = PythonOperator(task_id="pushes", python_callable=pushes)
    both_ways = PythonOperator(task_id="pushes_and_returns", python_callable=pushes_and_returns)
    [by_key, both_ways] >> PythonOperator(task_id="pulls", python_callable=pulls)

    @task
    def an_int_called_float() -> float:
        return 3

    @task
    def a_none_called_str() -> str:
        return None

    @task
    def a_tuple_called_list() -> list[int]:
        return ("a", "b")

    @task
    def tuples():
        return 1, {"k": (2, 3)}

    @task
    def tuples_arrive(value):
        return [type(value).__name__, value]

    @task
    def integer_keys():
        return {1: "a", "two": 2}

    @task
    def integer_keys_arrive(value):
        return sorted(type(key).__name__ for key in value)

    @task(multiple_outputs=True)
    def outputs():
        return {"x": 1, "y": None}

    @task
    def outputs_arrive(x, y):
        return [x, y]

    @task
    def a_date():
        return datetime(2024, 5, 6, 7, 8)

    @task
    def a_date_arrives(value):
        return f"{value:%Y}"

    @task
    def a_set():
        return {1}

    @task
    def context_and_defaults(x=1, *, y="z", ds=None, ti=None):
        return [x, y, ds, ti.task_id, ti.try_number, ti.map_index]

    an_int_called_float()
    a_none_called_str()
    a_tuple_called_list()
    tuples_arrive(tuples())
    integer_keys_arrive(integer_keys())
    several = outputs()
    outputs_arrive(several["x"], several["y"])
    a_date_arrives(a_date())
    a_set()
    context_and_defaults(5)

    BashOperator(task_id="skips", bash_command="exit 99") >> EmptyOperator(task_id="after_skip")
    fails = BashOperator(task_id="fails", bash_command="exit 3", retries=2, retry_delay=timedelta(minutes=5))
    fails >> EmptyOperator(task_id="after_fail")
    BashOperator(
        task_id="context",
        bash_command="echo {{ ds }} {{ ts }} {{ data_interval_start }} {{ data_interval_end }} {{ run_id }} "
        "{{ dag.dag_id }} {{ task.task_id }} {{ ti.task_id }} {{ params }} {{ logical_date.strftime('%d') }} "
        "{{ macros.ds_add(ds, 3) }} {{ dag_run.run_type }} {{ ds_nodash }} {{ ts_nodash }}",
    )
    BashOperator(task_id="variables_of_airflow", bash_command="echo $AIRFLOW_CTX_DAG_ID $AIRFLOW_CTX_DAG_RUN_ID")
    BashOperator(
        task_id="variables",
        bash_command="echo {{ var.value.PRICE_MARKUP }} {{ var.json.PRICING_RULES.rounding }} "
        "{{ var.value.get('NOPE', 'default') }} {{ conn.shop_api.login }}",
    )
    BashOperator(task_id="undefined", bash_command="echo {{ nope }}")
