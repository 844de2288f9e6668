"""Limits: the mode is read when the module is loaded, which must not ask for a Variable in Dagster."""

from airflow.models import Variable

MODE = Variable.get("mode")


def limit_of(name):
    return float(Variable.get(f"limit_{name}", default_var=100))
