"""What tests of several files share: the samples on real Airflow and, converted, on Dagster; `--update-golden`."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from support.cases import Case, convert_case, topics
from support.converted import Converted, convert
from support.sample_world import SAMPLE_DAGS
from support.samples_on_airflow import Outcome, samples_on_airflow

# No test fails for being slow: a machine may have other work.
settings.register_profile("migrate", deadline=None)
settings.load_profile("migrate")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite what the cases in tests/cases must become")


@pytest.fixture(scope="session")
def update_golden(pytestconfig: pytest.Config) -> bool:
    return bool(pytestconfig.getoption("--update-golden"))


@pytest.fixture(scope="session")
def python_of() -> Callable[[str], str]:
    """The Python that has Airflow of a line ("2", "3"); skips the test where there is none."""

    def find(line: str) -> str:
        if line == "3":
            if importlib.util.find_spec("airflow") is None:
                pytest.skip("Airflow 3 is not installed beside pytest")
            return sys.executable
        python = os.environ.get("MIGRATE_AIRFLOW2_PYTHON")
        if not python:
            pytest.skip("MIGRATE_AIRFLOW2_PYTHON names no Python that has Airflow 2.11")
        return python

    return find


@pytest.fixture(scope="session")
def airflow_3(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config, python_of: Callable[[str], str]
) -> Iterator[Outcome]:
    folder, cache = tmp_path_factory.mktemp("airflow3"), pytestconfig.cache.mkdir("airflow")
    with samples_on_airflow(python_of("3"), "3", folder, cache) as outcome:
        yield outcome


@pytest.fixture(scope="session")
def airflow_2(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config, python_of: Callable[[str], str]
) -> Iterator[Outcome]:
    folder, cache = tmp_path_factory.mktemp("airflow2"), pytestconfig.cache.mkdir("airflow")
    with samples_on_airflow(python_of("2"), "2", folder, cache) as outcome:
        yield outcome


@pytest.fixture(scope="session")
def converted_samples(tmp_path_factory: pytest.TempPathFactory) -> Converted:
    """sample_dags/ as a Dagster project."""
    return convert(SAMPLE_DAGS, Path(tmp_path_factory.mktemp("samples")) / "defs")


@pytest.fixture(scope="session")
def converted_cases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Case]:
    """Every case of tests/cases, converted, by topic."""
    root = tmp_path_factory.mktemp("cases")
    return {topic: convert_case(topic, root / topic) for topic in topics()}
