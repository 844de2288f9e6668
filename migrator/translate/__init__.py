"""airflow_model and rules in, dagster_model out."""
