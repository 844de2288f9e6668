"""Airflow DAG files in, a proven Dagster project out."""
