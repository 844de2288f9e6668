"""What Airflow did around a task, for tasks that now run in Dagster; one module for each part."""
