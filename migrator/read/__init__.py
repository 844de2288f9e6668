"""Airflow source text in, airflow_model out."""
