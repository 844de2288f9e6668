"""The connections of an Airflow project as Dagster resources; one module for each class."""
