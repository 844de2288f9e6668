"""Airflow DAG `placeholder` (dag.py) as Dagster assets.

It has no tasks.
"""
