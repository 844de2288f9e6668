"""Tasks that use what stands beside them: a helper in the function that makes the DAG, a client made of a Variable."""

from datetime import datetime

from airflow.decorators import dag, task
from airflow.models import Variable
from airflow.operators.empty import EmptyOperator

from clients import Policy, connect, names_of

settings = Variable.get("weather_service", deserialize_json=True)
service = connect(settings, Policy)
stations = Variable.get("stations", deserialize_json=True, default_var=None)
if not stations:
    stations = names_of(settings)


def model_of(name):
    return type(name, (dict,), {})


Reading = model_of("Measured")


@dag(dag_id="helpers_beside_tasks", schedule=None, start_date=datetime(2024, 1, 1), catchup=False)
def weather():
    @task
    def fetch(station, **context):
        """Ask what a station has measured.

        Args:
            station: its name, as in "stations\\all"
        """
        path = _path(station)
        return f"{path}?{_path('all')}"

    @task
    def ask(path):
        return service.ask(path)

    def _path(station):
        return f"stations/{station}"

    @task
    def count():
        return len(stations)

    @task
    def read(model):
        return model()

    count() >> read(Reading)
    ask(fetch("port")) >> EmptyOperator(
        task_id="done",
        doc_md="""
        ## Done

        Nothing is left to do.
        """,
    )


weather()
