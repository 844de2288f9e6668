"""When DAGs run, and the time their runs are about: Airflow's timetables against what the project asks for."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from support.converted import Converted
from support.tick_cases import CASES, dag_file

from migrator import migrate
from migrator.verify.evidence import Verification
from migrator.verify.session import Settings, verify
from migrator.write import write

COUNT = 50
DIFFERENT = {case.name + catchup for case in CASES if case.differs for catchup in ("", "_catchup")[: 1 + case.both]}


@pytest.fixture(scope="module", params=["2", "3"])
def both(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, python_of: Callable[[str], str]
) -> tuple[Verification, Converted]:
    """What is said of the ticks of each DAG on a line of Airflow, and the project."""
    line = request.param
    folder = tmp_path_factory.mktemp(f"ticks{line}")
    dags = folder / "dags" / "dags.py"
    dags.parent.mkdir()
    dags.write_text(dag_file(line))
    assert write(migrate(dags.parent, airflow_version=line, jobs=1).rendered, folder / "defs").ok
    asked = Settings(
        dags=dags.parent, defs=folder / "defs", airflow_python=python_of(line), kinds=("ticks",), ticks=COUNT
    )
    return verify(asked), Converted(folder / "defs")


def test_the_same_runs_at_the_same_times(both: tuple[Verification, Converted]) -> None:
    found, project = both
    assert {one.dag_id for one in found.evidence} == project.dags.keys()
    assert [one for one in found.evidence if one.outcome != "passed"] == []
    assert sum(one.detail.startswith(f"{COUNT} ticks") for one in found.evidence) > 70


def test_a_tick_that_differs_is_a_finding(both: tuple[Verification, Converted]) -> None:
    found, project = both
    assert {
        dag_id for dag_id in project.dags if any(f["code"] == "A2D112" for f in project.findings(dag_id))
    } == DIFFERENT
    skipping = {one.dag_id: one.detail for one in found.evidence if "moments that clocks skip" in one.detail}
    assert skipping.keys() == DIFFERENT
    assert all("moments that clocks skip; as A2D112 says" in text for text in skipping.values())
