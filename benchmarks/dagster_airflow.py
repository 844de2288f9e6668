"""Which schedules and trigger rules of Airflow 2's example DAGs are kept: by dagster-airflow, and by migrate.

    python benchmarks/dagster_airflow.py --python PATH [--dags FOLDER] [--verbose]

PATH is the Python of an environment with Airflow 2 and dagster-airflow (without the latter, only migrate is counted);
this Python has migrate and Dagster. The DAGs are those that PATH's Airflow carries, or those of FOLDER. What there is
to be kept, Airflow says: every DAG that has a timetable, every task whose trigger rule is not the default.

A schedule is kept where the loaded definitions have a schedule or sensor that asks for runs of the DAG's job; with
migrate, only if no finding leaves it to a person. That it asks at the same times is for `migrate verify --only ticks`.

A trigger rule is kept by dagster-airflow where the job would be another one without it: the job's snapshot is compared
with that of the same DAG whose task has the default. It is kept by migrate where the task is in the loaded definitions
and not left to a person. That both engines then do the same is for `migrate verify --outcomes random:50`.

Needs no network, and imports the DAG files; writes to a temporary folder only, and removes it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from migrator import migrate
from migrator.verify.workers import Probe
from migrator.write import write

LEFT = {"A2D103", "A2D104"}
"""Findings that leave a schedule to a person."""
SECONDS = 300
LOOK = """\
import json, logging, sys, warnings
from pathlib import Path
warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
import airflow
from airflow.models.dagbag import DagBag
from airflow.utils.trigger_rule import TriggerRule
folder = sys.argv[1] or str(Path(airflow.__file__).parent / "example_dags")
try:
    import dagster_airflow
    from dagster_airflow import make_dagster_definitions_from_airflow_dags_path as definitions
    from dagster_airflow import make_dagster_job_from_airflow_dag as job_of
except ImportError:
    from airflow.utils.db import initdb
    dagster_airflow = None
    initdb()  # some files ask the database when they are loaded
else:
    repository = definitions(folder).get_repository_def()  # it makes the database as well
    asked = {one.job_name for one in repository.schedule_defs}
    asked |= {target.job_name for one in repository.sensor_defs for target in one.targets}
bag = DagBag(folder, include_examples=False)
def snapshot(dag):
    return str(job_of(dag).get_job_snapshot())
dags = {}
for dag_id, dag in sorted(bag.dags.items()):
    rules = {}
    for task in dag.tasks:
        rule = task.trigger_rule
        default = TriggerRule.ALL_DONE_SETUP_SUCCESS if task.is_teardown else TriggerRule.ALL_SUCCESS
        if rule == default:
            continue
        kept = None
        if dagster_airflow is not None:
            with_it = snapshot(dag)
            task.trigger_rule = default
            kept = snapshot(dag) != with_it
            task.trigger_rule = rule
        rules[task.task_id] = [str(rule.value), kept]
    schedule = None if type(dag.timetable).__name__ == "NullTimetable" else dag.timetable.summary
    kept = job_of(dag).name in asked if dagster_airflow is not None else None
    dags[dag_id] = {"schedule": schedule, "timetable": type(dag.timetable).__name__, "kept": kept, "rules": rules}
print()
versions = [airflow.__version__, getattr(dagster_airflow, "__version__", None)]
print(json.dumps({"folder": folder, "versions": versions, "dags": dags}))
"""
Record = dict[str, Any]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", required=True, metavar="PATH", help="a Python with Airflow 2 and dagster-airflow")
    parser.add_argument("--dags", default="", metavar="FOLDER", help="DAG files [those of that Airflow]")
    parser.add_argument("--verbose", action="store_true", help="list what is not kept")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        seen = look(arguments.python, arguments.dags, Path(name))
        ours = converted(Path(seen["folder"]), Path(name) / "out")
        report(seen, ours, verbose=arguments.verbose)
    return 0


def look(python: str, dags: str, home: Path) -> Record:
    """What Airflow says of the DAGs, and what dagster-airflow makes of them."""
    settings = {**os.environ, "AIRFLOW_HOME": str(home / "airflow"), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
    done = subprocess.run([python, "-c", LOOK, dags], env=settings, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{python} could not load the DAGs:\n{done.stderr[-2000:]}")
    found: Record = json.loads(done.stdout.splitlines()[-1])
    return found


def converted(dags: Path, out: Path) -> dict[str, Record]:
    """For each DAG, whether its schedule is kept, and the tasks that are there and not left to a person."""
    rendered = migrate(dags, airflow_version="2").rendered
    write(rendered, out)
    migration = json.loads((out / "migration.json").read_text())
    settings = {"project": str(out.resolve()), "home": str(out.parent / "dagster"), "seconds": SECONDS}
    probe = Probe("dagster", sys.executable, settings, {}, out)
    loaded = probe.ask("load", SECONDS)
    probe.stop()
    if loaded.get("error") or loaded["failed"] or loaded["broken"]:
        sys.exit(f"the generated project does not load: {loaded.get('error') or loaded['failed'] or loaded['broken']}")
    jobs = {name: {job} for name, job in loaded["schedules"].items()}
    jobs |= {name: set(targets) for name, targets in loaded["sensors"].items()}
    assets, checks = {tuple(key.split("/")) for key in loaded["assets"]}, set(loaded["checks"])
    left = {row["dag_id"] for row in migration["findings"] if row["code"] in LEFT}
    found = {}
    for dag in migration["dags"]:
        own = [row["name"] for row in (dag["schedule"], *dag["sensors"]) if row]
        asked = dag["job"] is not None and any(dag["job"]["name"] in jobs.get(name, ()) for name in own)
        tasks = {
            task["task_id"]
            for task in dag["tasks"]
            if task["fidelity"] != "manual"
            and any(
                tuple(row.get("key", ())) in assets or f"{'/'.join(row.get('key', ()))}:{row.get('name')}" in checks
                for row in task["becomes"]
            )
        }
        found[dag["dag_id"]] = {"kept": asked and dag["dag_id"] not in left, "tasks": tasks}
    return found


def report(seen: Record, ours: dict[str, Record], *, verbose: bool) -> None:
    airflow, other = seen["versions"]
    print(f"Airflow {airflow}, {len(seen['dags'])} DAGs; dagster-airflow {other or 'is not there'}\n")
    nothing: Record = {"kept": False, "tasks": set()}
    schedules = [
        (dag_id, f"{dag['timetable']} {dag['schedule']}", dag["kept"], ours.get(dag_id, nothing)["kept"])
        for dag_id, dag in seen["dags"].items()
        if dag["schedule"] is not None
    ]
    rules = [
        (f"{dag_id}.{task_id}", rule, kept, task_id in ours.get(dag_id, nothing)["tasks"])
        for dag_id, dag in seen["dags"].items()
        for task_id, (rule, kept) in dag["rules"].items()
    ]
    print(f"{'kept of':<28}{'there':>7}{'dagster-airflow':>17}{'migrate':>9}")
    for title, rows in (("schedules", schedules), ("trigger rules", rules)):
        print(row_of(title, rows, other))
        for kind in sorted({row[1].split()[0] for row in rows}):
            print(row_of(f"  {kind}", [row for row in rows if row[1].split()[0] == kind], other))
    if verbose:
        for name, what, theirs, mine in (*schedules, *rules):
            lost = [who for who, kept in (("dagster-airflow", theirs), ("migrate", mine)) if kept is False]
            if lost:
                print(f"{name}: {what}: not kept by {', '.join(lost)}")


def row_of(title: str, rows: list[tuple[str, str, bool | None, bool]], other: str | None) -> str:
    theirs = str(sum(bool(row[2]) for row in rows)) if other else "-"
    return f"{title:<28}{len(rows):>7}{theirs:>17}{sum(row[3] for row in rows):>9}"


if __name__ == "__main__":
    sys.exit(main())
