"""Airflow DAGs as Dagster assets."""
