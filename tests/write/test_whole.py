"""A project with one of each kind of thing: it loads, runs, and is the same whatever the hash seed."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from migrator.write import RenderedProject, migration_record, render, write

from .loading import run, run_python
from .whole import RUNTIME, whole

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def rendered() -> RenderedProject:
    return render(whole(), RUNTIME)


@pytest.fixture(scope="module")
def folder(rendered: RenderedProject, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("whole") / "defs"
    assert write(rendered, out).ok
    return out


def test_a_broken_dag_is_left_out_alone(rendered: RenderedProject) -> None:
    (finding,) = [item for item in rendered.findings if item.code == "A2D605"]
    assert finding.dag_id == "broken"
    assert "return ]" in finding.message
    assert sorted(rendered.modules) == ["daily", "plain", "weekly"]
    assert not any("broken" in path for path in rendered.files)


def test_only_what_is_needed_is_copied(rendered: RenderedProject) -> None:
    below = {path.removeprefix("airflow_dags/") for path in rendered.files if path.startswith("airflow_dags/")}
    assert {path for path in below if path.startswith(("airflow_compat", "lib"))} == {
        "airflow_compat/__init__.py",
        "airflow_compat/exceptions.py",
        "airflow_compat/task.py",
        "airflow_compat/xcom.py",
        "lib/__init__.py",
        "lib/common/__init__.py",
        "lib/common/mixed.py",
        "lib/common/numbers.py",
        "lib/common/text.py",
    }
    assert "templates/query.sql" in below


def test_user_modules_change_in_their_imports_only(rendered: RenderedProject) -> None:
    assert (
        rendered.files["airflow_dags/lib/common/text.py"]
        == '''\
"""Words."""
import os  # kept

from .. import common
from . import numbers as _common_numbers
from . import numbers
from .numbers import ONE


def shout( x ):
    return x.upper() * ONE


def whisper(x):
    return x.lower() * common.numbers.ONE * numbers.ONE
'''
    )
    assert rendered.files["airflow_dags/lib/common/mixed.py"] == (
        '"""From common/mixed.py."""\n\nimport math\n\n\ndef area(r):\n    # of a circle\n    return math.pi * r**2\n'
    )


def test_env_example(rendered: RenderedProject) -> None:
    text = rendered.files[".env.example"]
    assert 'WAREHOUSE_PATH="/data/ware house.db"\n' in text
    assert "# WAREHOUSE_PASSWORD=\n" in text
    assert "never shown" not in "".join(rendered.files.values())


def test_requirements(rendered: RenderedProject) -> None:
    text = rendered.files["pyproject.toml"]
    assert '    "dagster==1.13.27",\n    "pandas",\n    "requests>=2",\n]' in text
    assert 'requires-python = ">=3.11,<3.14"' in text  # datetime.UTC


def test_readme(rendered: RenderedProject) -> None:
    text = rendered.files["README.md"]
    assert "- [ ] `sales/daily.py:40` A2D203: It differs.\n" in text
    assert "Dropped." not in text
    assert "| `weekly` | `dags/example.py` | `airflow_dags/defs/weekly/` | `0 6 * * 1` and `30 7 * * 5` | 1 |" in text


def test_migration_json(rendered: RenderedProject, folder: Path) -> None:
    record = json.loads((folder / "migration.json").read_text())
    assert record == migration_record(rendered)
    assert record["schema"] == 1
    dags = {dag["dag_id"]: dag for dag in record["dags"]}
    assert dags["broken"]["tasks"][0]["becomes"] == []
    assert dags["broken"]["module"] is None
    extract, enough, wait = dags["daily"]["tasks"]
    (made,) = extract["becomes"]
    lines = (folder / made["file"]).read_text().split("\n")
    assert made["key"] == ["daily", "extract"]
    assert lines[made["line"] - 1] == "@dg.asset("
    assert lines[made["end_line"] - 1].endswith('"return_value": rows + [{"name": name_of(ds)}]}')
    assert enough["becomes"][0]["kind"] == "asset_check"
    assert wait["becomes"][0]["file"] == "airflow_dags/defs/weekly/assets.py"
    (sensor,) = dags["weekly"]["tasks"][0]["becomes"]
    assert lines != (folder / sensor["file"]).read_text().split("\n")
    assert [item["name"] for item in dags["weekly"]["sensors"]] == ["print", "weekly_once"]
    assert sorted(record["files"]) == sorted(rendered.files)
    assert str(folder) not in json.dumps(record)


def test_dagster_takes_it(folder: Path) -> None:
    done = run(folder, "dg", "check", "defs")
    assert done.returncode == 0, done.stdout + done.stderr
    done = run(folder, "dagster", "definitions", "validate")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING" not in done.stdout + done.stderr


def test_its_own_tests_pass_without_any_warning(folder: Path) -> None:
    done = run(folder, sys.executable, "-W", "error", "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_runs(folder: Path, tmp_path: Path) -> None:
    code = """
import dagster as dg
from airflow_dags.definitions import defs
from airflow_dags.defs.daily.assets import schedule
d = defs()
instance = dg.DagsterInstance.ephemeral()
job = d.resolve_job_def("weekly")
assert job.execute_in_process(instance=instance).output_for_node("weekly__after") == 1
job = d.resolve_job_def("daily")
result = job.execute_in_process(instance=instance, partition_key="2024-01-02T06:00:00+0000")
assert result.success
rows = result.output_for_node("daily__transform")
assert rows == [
    {"day": "2024-01-02", "at": "2024-01-01 00:00:00"},
    {"name": "landing/raw/2024-01-02.json\\n"},
], rows
assert result.output_for_node("daily__extract")["count"] == 1
"""
    run_python(folder, code, WAREHOUSE_PATH=str(tmp_path / "w.db"), PREFIX="p")


def test_the_guarded_schedule_ends_with_its_partitions(folder: Path) -> None:
    code = """
import datetime as dt
import dagster as dg
from airflow_dags.definitions import defs
d = defs()
repository = d.get_repository_def()
instance = dg.DagsterInstance.ephemeral()
def tick(name, *when):
    when = dt.datetime(*when, tzinfo=dt.timezone.utc)
    context = dg.build_schedule_context(
        scheduled_execution_time=when, repository_def=repository, instance=instance
    )
    return repository.get_schedule_def(name).evaluate_tick(context)
(request,) = tick("daily_schedule", 2024, 1, 31, 6).run_requests
assert request.partition_key == "2024-01-31T06:00:00+0000", request
for day in (1, 2, 20):
    assert not tick("daily_schedule", 2024, 2, day, 6).run_requests
assert not tick("daily_schedule", 2023, 12, 31, 6).run_requests
assert len(tick("weekly_schedule", 2030, 1, 31, 6).run_requests) == 1
assert not tick("weekly_schedule", 2030, 2, 8, 6).run_requests
"""
    run_python(folder, code, WAREHOUSE_PATH="w.db", PREFIX="p")


def test_the_hash_seed_does_not_matter(tmp_path: Path) -> None:
    code = (
        "import hashlib, json, sys; sys.path[:0] = [sys.argv[1], sys.argv[1] + '/tests']; "
        "from write.whole import RUNTIME, whole; from migrator.write import render; "
        "from migrator.write.record import migration_json; r = render(whole(), RUNTIME); "
        "print(hashlib.sha256((json.dumps(dict(r.files)) + migration_json(r)).encode()).hexdigest())"
    )
    seen = {
        run(tmp_path, sys.executable, "-c", code, str(ROOT), PYTHONHASHSEED=seed).stdout for seed in ("0", "1", "77")
    }
    assert len(seen) == 1
    assert len(seen.pop()) == 65
