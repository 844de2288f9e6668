"""Loads the project's definitions once for all tests."""

import dagster as dg
import pytest

from airflow_dags.definitions import defs


@pytest.fixture(scope="session")
def definitions() -> dg.Definitions:
    return defs()
