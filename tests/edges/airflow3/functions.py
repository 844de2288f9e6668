"""Functions whose defaults are bound where they are defined, and pulls through whatever holds the task instance."""

from datetime import datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.python import PythonOperator, ShortCircuitOperator
from airflow.providers.standard.sensors.python import PythonSensor
from airflow.sdk import DAG, get_current_context, task

LONG = timedelta(hours=1)


def of(table="customers", **kwargs):
    return kwargs["ti"].xcom_pull(task_ids=f"{table}_rows")


with DAG("functions", schedule="0 6 * * *", start_date=datetime(2024, 1, 1), catchup=False) as dag:
    for table in ("orders", "customers"):
        rows = PythonOperator(task_id=f"{table}_rows", python_callable=lambda table=table: len(table))
        pulled = PythonOperator(
            task_id=f"{table}_pulled",
            python_callable=lambda table=table, **context: context["ti"].xcom_pull(task_ids=f"{table}_rows"),
        )
        named = PythonOperator(task_id=f"{table}_named", python_callable=of, op_kwargs={"table": table})
        of_task = PythonOperator(task_id=f"{table}_of_task", python_callable=lambda ti, n=3, **_: [ti.task_id, n])

        def described(first=1, table=table, *, key=table + "_key", **context):
            return [first, table, key, context["ds"], context["ti"].try_number]

        description = PythonOperator(task_id=f"{table}_described", python_callable=described)
        everything = PythonOperator(
            task_id=f"{table}_everything",
            python_callable=lambda *args, table=table, **context: [table, *args, context["ds"], len(context) > 5],
            op_args=[1],
        )
        goes_on = ShortCircuitOperator(
            task_id=f"{table}_goes_on", python_callable=lambda table=table, **kwargs: table != kwargs["ds"][:6]
        )
        there = PythonSensor(
            task_id=f"{table}_there",
            python_callable=lambda table=table: table != "customers",
            timeout=1,
            poke_interval=0.2,
            soft_fail=True,
        )
        rows >> [pulled, named, of_task, description, everything] >> goes_on >> there

    @task
    def through_the_context(table):
        return get_current_context()["ti"].xcom_pull(task_ids=table + "_rows")

    dag.get_task("orders_rows") >> through_the_context("orders")

    @task
    def imports_when_it_runs(net):
        import team.rates
        from team import prices
        from team.prices import gross as with_tax

        return [prices.gross(net), with_tax(net), team.rates.RATE]

    imports_when_it_runs(10)

    def above(net):
        from team.prices import gross

        return gross(net)

    PythonOperator(task_id="by_a_helper", python_callable=lambda: above(20))

    tries = BashOperator(task_id="tries", bash_command="echo {{ task.retries }} {{ ti.max_tries }}", retries=2)
    PythonOperator(
        task_id="tries_within",
        python_callable=lambda ti: [ti.max_tries, ti.task.retries],
        retries=3,
        execution_timeout=LONG,
    )


def made(team, size):
    with DAG(f"functions_of_{team}", schedule="0 6 * * *", start_date=datetime(2024, 1, 1), catchup=False) as dag:
        PythonOperator(task_id="by_default", python_callable=lambda team=team, size=size + 1: team * size)
        PythonOperator(task_id="from_around", python_callable=lambda: team * size)

        def defined(team=team, times=size * 2):
            team = team.upper()
            return team * times

        PythonOperator(task_id="defined", python_callable=defined)
    return dag


for team in ("red", "blue"):
    globals()[team] = made(team, 2)
