"""Functions that import the team's modules when they run: those are copied, and with Airflow in them told."""

from datetime import datetime

from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, task


def rows():
    import pandas

    return len(pandas.DataFrame([1, 2]))


with DAG("imports_in_functions", schedule=None, start_date=datetime(2024, 1, 1)):

    @task
    def priced(net):
        import team.rates as rates
        from team.prices import gross

        return [gross(net), rates.RATE]

    @task
    def limited():
        from team import limits

        return limits.limit()

    priced(10) >> limited() >> PythonOperator(task_id="rows", python_callable=rows)
