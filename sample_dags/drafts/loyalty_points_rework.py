"""Draft, not deployed (see .airflowignore): loyalty points on the new event model, an Airflow DAG to be."""

from airflow.sdk import dag, task
from teahouse_events import PointsClient  # not released yet


@dag(schedule=None)
def loyalty_points_rework():
    @task
    def recompute() -> int:
        return PointsClient().recompute_all()

    recompute()


loyalty_points_rework()
