"""What code asks of the objects in the context: the DAG, the operator, the task instance, the run."""

from datetime import datetime, timedelta
from pathlib import Path

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, get_current_context, task


@task
def of_the_dag(dag=None):
    return [dag.description, sorted(dag.tags), dag.owner, dag.catchup, dag.default_args["retries"], dag.max_active_runs]


@task
def more_of_the_dag(ti=None):
    dag = ti.task.dag
    return [dag.doc_md, str(dag.start_date), str(dag.end_date), Path(dag.fileloc).name, sorted(dag.task_ids)]


@task(owner="somebody", queue="slow", pool="narrow")
def of_the_task(task=None):
    return [task.owner, task.email, task.queue, task.pool, task.trigger_rule, str(task.retry_delay), task.task_type]


def around(**context):
    operator = context["task"]
    return [sorted(operator.upstream_task_ids), sorted(operator.downstream_task_ids), context["dag_run"].run_type]


@task
def in_a_push(params=None):
    context = get_current_context()
    context["ti"].xcom_push(key="seen", value={"run": context["run_id"][:9], "of": context["dag"].description})


@task
def only_airflow(dag_run=None):
    return [ti.state for ti in dag_run.get_task_instances()]


with DAG(
    "context_objects",
    description="What is asked of it",
    doc_md="**It**",
    schedule="@daily",
    start_date=datetime(2024, 1, 1),
    end_date=datetime(2030, 1, 1),
    catchup=False,
    tags=["one", "two"],
    default_args={"owner": "team", "retries": 1, "retry_delay": timedelta(minutes=1)},
) as dag:
    between = PythonOperator(task_id="around", python_callable=around)
    of_the_dag() >> between >> [EmptyOperator(task_id="one"), EmptyOperator(task_id="two")]
    more_of_the_dag()
    of_the_task()
    in_a_push()
    only_airflow()
    BashOperator(
        task_id="in_templates",
        bash_command="echo '{{ dag.description }} of {{ task.owner }} {{ dag.start_date.year }} {{ ti.task.dag.doc_md }}'",
    )
    BashOperator(task_id="only_airflows_templates", bash_command="echo {{ dag.get_run_dates(1, 2) }}")
