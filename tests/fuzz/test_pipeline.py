"""Random DAG files through the whole pipeline, compared with Airflow; pipeline.py runs thousands.

What the two engines make of a DAG has to be the same, but for what Airflow leaves to chance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from making import random_shape
from pipeline import Engines

DAGS = 20


@pytest.mark.parametrize("line", ["2", "3"])
def test_as_in_airflow(line: str, python_of: Callable[[str], str], tmp_path: Path, pytestconfig: pytest.Config) -> None:
    engines = Engines(python_of(line), pytestconfig.cache.mkdir("airflow"))
    verdicts = engines.judge([random_shape(seed, line) for seed in range(DAGS)], tmp_path)
    wrong = {dag_id: one.reasons for dag_id, one in verdicts.items() if one.kind in ("differing", "refused")}
    assert wrong == {}
    assert Counter(one.kind for one in verdicts.values())["equal"] >= DAGS * 0.7
