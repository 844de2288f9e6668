"""The team's queries, each in a file of its own."""

from pathlib import Path
from ...airflow_compat.files import DAG_FILES

QUERIES = DAG_FILES / "queries"


def query(name):
    return (QUERIES / name).read_text().strip()
