"""Airflow DAG `monitors` (dag.py) as Dagster assets.

None of its tasks could be read.
"""
