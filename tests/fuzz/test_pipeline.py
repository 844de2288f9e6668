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
from shape import Expansion, Group, Shape, Task

DAGS = 20
AT_AN_END = "the run is failed and not success"


@pytest.mark.parametrize("line", ["2", "3"])
def test_as_in_airflow(line: str, python_of: Callable[[str], str], tmp_path: Path, pytestconfig: pytest.Config) -> None:
    engines = Engines(python_of(line), pytestconfig.cache.mkdir("airflow"))
    verdicts = engines.judge([random_shape(seed, line) for seed in range(DAGS)], tmp_path)
    wrong = {dag_id: one.reasons for dag_id, one in verdicts.items() if one.kind in ("differing", "refused")}
    assert wrong == {}
    assert Counter(one.kind for one in verdicts.values())["equal"] >= DAGS * 0.7


@pytest.mark.parametrize(("line", "kind"), [("2", "equal"), ("3", "admissible")])
def test_a_run_that_ends_before_its_last_instance(
    line: str, kind: str, python_of: Callable[[str], str], tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    """One that a failure elsewhere expands last of all: Airflow 3 may end the run without it, see `may_be_left`; in
    Airflow 2 all instances look at all others, and run."""
    tasks = (
        Task("items", style="taskflow", returns="ints", items=2),
        Task("first", style="taskflow", group="group", behaviour=("success", "fail"), upstream=("items",)),
        Task("last", style="taskflow", group="group", behaviour=("fail",), upstream=("first",), rule="one_failed"),
    )
    group = Group("group", decorated=True, expand=Expansion("expand", (("item", "items"),)))
    shape = Shape("left", line, f"1/{line}", "with", None, "manual", tasks, (group,))
    engines = Engines(python_of(line), pytestconfig.cache.mkdir("airflow"), orders=3)
    verdict = engines.judge([shape], tmp_path)["left"]
    assert verdict.kind == kind, verdict.reasons
    assert verdict.reasons == {"2": [], "3": ["group.last is failed and not scheduled: []", AT_AN_END]}[line]
