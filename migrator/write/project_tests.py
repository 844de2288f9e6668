"""The generated project's own tests: its definitions load, and its graph and schedules are the ones expected."""

from __future__ import annotations

from ..dagster_model import DagModule, Schedule, Sensor
from .text import docstring, literal

CONFTEST = '''\
"""Loads the project's definitions once for all tests."""

import dagster as dg
import pytest

from {package}.definitions import defs


@pytest.fixture(scope="session")
def definitions() -> dg.Definitions:
    return defs()
'''


def dag_test(dag: DagModule) -> str:
    """tests/test_<dag>.py: plain asserts against the expected graph, spelled out."""
    rows = "".join(f"    {_key(asset.key)}: {_keys(asset)},\n" for asset in dag.assets)
    parts = [docstring(f"Airflow DAG `{dag.dag_id}`: its assets, what they depend on, and what starts them are there.")]
    conditional = any(s.only_if for s in dag.sensors) or (dag.schedule is not None and dag.schedule.only_if is not None)
    parts.append("import dagster as dg" + "\nimport pytest" * conditional)
    if dag.assets:
        parts.append(f"UPSTREAM: dict[str, list[str]] = {{\n{rows}}}")
        parts.append(_ASSETS)
    if dag.checks:
        checks = "".join(f"    ({_key(check.asset)}, {literal(check.name)}),\n" for check in dag.checks)
        parts.append(f"CHECKS = {{\n{checks}}}")
        parts.append(_CHECKS)
    if dag.job is not None and dag.assets:
        own = "" if dag.graph is None else f" | {{{_key((dag.dag_id,))}}}"
        parts.append(_JOB.format(job=literal(dag.job.name), own=own))
        if dag.schedule is not None:
            parts.append(_schedule(dag.schedule))
        parts += [
            _SENSOR.format(function=_slug(s.name), name=literal(s.name), job=literal(s.job), skip=_skip("sensor", s))
            for s in dag.sensors
        ]
        parts += [_RUN_SENSOR.format(function=_slug(s.name), name=literal(s.name)) for s in dag.run_sensors]
    if len(parts) == 2:
        parts.append(_LOADS)
    return "\n\n\n".join(parts) + "\n"


def _slug(name: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in name)


def _key(key: tuple[str, ...]) -> str:
    # Dagster's own spelling of a key, in which a slash inside a part is escaped.
    return literal("/".join(part.replace("/", "\\/") for part in key))


def _keys(asset: object) -> str:
    # In an outcome graph, a value may come from further up than the asset's own edges.
    inputs = {item.key for item in asset.inputs} if asset.flow is None else set()  # type: ignore[attr-defined]
    itself = {asset.key} if asset.after_itself else set()  # type: ignore[attr-defined]
    return "[" + ", ".join(_key(key) for key in sorted({*inputs, *itself, *asset.deps, *asset.other_deps})) + "]"  # type: ignore[attr-defined]


_ASSETS = """\
def test_assets_and_what_they_depend_on(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    nodes = {node.key.to_user_string(): node for node in graph.asset_nodes}
    found = {
        key: sorted(parent.to_user_string() for parent in nodes[key].parent_keys) for key in UPSTREAM if key in nodes
    }
    assert found == {key: sorted(parents) for key, parents in UPSTREAM.items()}"""

_CHECKS = """\
def test_asset_checks(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    assert {(key.asset_key.to_user_string(), key.name) for key in graph.asset_check_keys} >= CHECKS"""

_JOB = """\
def test_job_runs_the_assets(definitions: dg.Definitions) -> None:
    job = definitions.resolve_job_def({job})
    selected = {{key.to_user_string() for key in job.asset_layer.selected_asset_keys}}
    assert selected == set(UPSTREAM){own}"""

_SENSOR = """\
def test_sensor_{function}(definitions: dg.Definitions) -> None:
{skip}    sensor = definitions.resolve_sensor_def({name})
    assert sensor.job_name == {job}
    assert sensor.default_status == dg.DefaultSensorStatus.STOPPED"""

_RUN_SENSOR = """\
def test_sensor_{function}(definitions: dg.Definitions) -> None:
    assert definitions.resolve_sensor_def({name}).default_status == dg.DefaultSensorStatus.STOPPED"""

_LOADS = """\
def test_definitions_load(definitions: dg.Definitions) -> None:
    assert definitions.resolve_asset_graph() is not None"""


def _skip(kind: str, item: Schedule | Sensor) -> str:
    """What begins the test of something that only some environments have."""
    if item.only_if is None:
        return ""
    return f"""\
    if not definitions.get_repository_def().has_{kind}_def({literal(item.name)}):
        pytest.skip("there is none in this environment")
"""


def _schedule(schedule: Schedule) -> str:
    crons = literal(list(schedule.crons)) if len(schedule.crons) > 1 else literal(schedule.crons[0])
    return f"""\
def test_schedule(definitions: dg.Definitions) -> None:
{_skip("schedule", schedule)}    schedule = definitions.resolve_schedule_def({literal(schedule.name)})
    assert schedule.job_name == {literal(schedule.job)}
    assert schedule.cron_schedule == {crons}
    assert schedule.execution_timezone == {literal(schedule.timezone)}
    assert schedule.default_status == dg.DefaultScheduleStatus.STOPPED"""
