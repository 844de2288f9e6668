"""Functions that import the team's modules when they run: those are copied, and with Airflow in them told."""

from datetime import datetime

from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, BaseOperator, task
from team.tasks import rated


class Announce(BaseOperator):
    def execute(self, context):
        from team.rates import RATE

        self.log.info("%s", RATE)


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

    rated() >> Announce(task_id="announce")
    priced(10) >> limited() >> PythonOperator(task_id="rows", python_callable=rows)
