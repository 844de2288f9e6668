"""Params whose schemas forbid values: whoever starts a run, it is refused before it begins."""

from datetime import datetime

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG, Param, Variable

START = {"schedule": None, "start_date": datetime(2024, 1, 1)}


def report(params):
    print(params)


with DAG(
    "bounded_params",
    params={
        "region": Param("north", enum=["north", "south"], description="Whose orders"),
        "rows": Param(100, type="integer", minimum=1, maximum=10_000),
        "ratio": Param(0.5, type="number", exclusiveMaximum=1),
        "code": Param("A1", type="string", pattern="^[A-Z][0-9]$", minLength=2),
        "day": Param(type="string", format="date", title="The day"),
        "until": Param(None, type=["null", "string"], format="date-time"),
        "columns": Param(["id"], type="array", items={"type": "string"}, minItems=1),
        "note": "free text",
        "verbose": False,
    },
    **START,
):
    BashOperator(task_id="echo", bash_command="echo {{ params.region }} {{ params.rows }} {{ params.day }}")
    PythonOperator(task_id="report", python_callable=report)

with DAG("unread_params", params={"size": Param("small", enum=["small", "large"])}, **START):
    BashOperator(task_id="nothing", bash_command="true")

with DAG(
    "odd_params",
    params={"limit": Param(3, maximum=Variable.get("most")), "in-name": Param(1, type="integer")},
    **START,
):
    BashOperator(task_id="echo", bash_command="echo {{ params.limit }} {{ params['in-name'] }}")

with DAG(
    "unknown_params",
    params={"limit": Param(3, type="integer", maximum=(lambda: 3)), "size": Param("s", enum=["s", "l"])},
    **START,
):
    BashOperator(task_id="echo", bash_command="echo {{ params.limit }} {{ params.size }}")

with DAG("starts_with_params", **START):
    TriggerDagRunOperator(
        task_id="start",
        trigger_dag_id="bounded_params",
        conf={"day": "{{ ds }}", "region": "south", "verbose": "{{ run_id }}"},
    )

with DAG("params_of_a_task", **START):
    BashOperator(
        task_id="echo",
        bash_command="echo {{ params.limit }} {{ params.free }}",
        params={"limit": Param(3, type="integer", maximum=5), "free": Param("x", description="Anything")},
    )
