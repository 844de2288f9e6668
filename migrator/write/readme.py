"""README.md of the generated project."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ..dagster_model import DagModule, DagRecord, Project
from ..findings import Finding


def readme(
    project: Project, written: Collection[str], findings: Sequence[Finding], has_env: bool, has_limits: bool
) -> str:
    """What the project is, how to run it, what is left to do by hand, and its DAGs."""
    parts = [_intro(project), _running(has_env, has_limits), _dags(project, written), _left(findings)]
    return "\n".join(part for part in parts if part)


def _intro(project: Project) -> str:
    return f"""\
# Airflow DAGs in Dagster

Written by `migrate`. Each task is an asset, each DAG a folder under
`{project.package}/defs/` with a job and, where it had one, a schedule. Schedules and sensors are stopped until you
start them. `migration.json` says what became of every task and argument.
"""


def _running(has_env: bool, has_limits: bool) -> str:
    env = "cp .env.example .env           # then fill it in\n" if has_env else ""
    limits = (
        "\n`dagster.yaml` limits how many runs go on at once, as `max_active_runs` did: `$DAGSTER_HOME` needs it.\n"
        if has_limits
        else ""
    )
    return f"""\
## Running

```sh
pip install -e . --group dev   # or: uv sync
{env}dg check defs                  # everything loads
dg dev                         # or: dagster dev
pytest                         # the graph is the one Airflow had
```
{limits}"""


def _dags(project: Project, written: Collection[str]) -> str:
    if not project.records:
        return ""
    dags = {dag.dag_id: dag for dag in project.dags}
    rows = "".join(
        _row(project.package, record, dags.get(record.dag_id), record.dag_id in written) for record in project.records
    )
    return f"""\
## DAGs

| DAG | from | code | schedule | tasks | by hand | form |
|---|---|---|---|---|---|---|
{rows}"""


def _row(package: str, record: DagRecord, dag: DagModule | None, written: bool) -> str:
    manual = sum(task.fidelity == "manual" for task in record.tasks)
    when = _when(dag) if dag is not None else ""
    code = f"`{package}/defs/{record.package}/`" if written else "not written"
    counts = [str(len(record.tasks)), str(manual or "")]
    cells = [f"`{_cell(record.dag_id)}`", f"`{_cell(record.file)}`", code, when, *counts]
    return f"| {' | '.join(cells)} | {_cell(record.form)} |\n"


def _when(dag: DagModule) -> str:
    """What starts the DAG's job: its crons, or a sensor, with the cron of the partitions it asks for."""
    if dag.schedule is not None:
        return " and ".join(f"`{_cell(cron)}`" for cron in dag.schedule.crons)
    if not any(sensor.job == dag.job.name for sensor in dag.sensors if dag.job is not None):
        return ""
    return f"sensor, `{_cell(dag.partitions.cron)}`" if dag.partitions is not None else "sensor"


def _left(findings: Sequence[Finding]) -> str:
    """Errors and warnings, a line each."""
    items = [item for item in findings if item.severity != "info"]
    if not items:
        return "## Left to do by hand\n\nNothing that migrate knows of.\n"
    rows = "".join(f"- [ ] {_place(item)}{item.code}: {_line(item.message)}\n" for item in items)
    return f"""\
## Left to do by hand

`migrate explain CODE` says more about each.

{rows}"""


def _place(finding: Finding) -> str:
    return f"`{finding.span.file}:{finding.span.line}` " if finding.span is not None else ""


def _line(text: str) -> str:
    return " ".join(text.split())


def _cell(text: str) -> str:
    return _line(text).replace("|", "\\|")
