"""Reads Airflow DAG files without running them and writes a Dagster project; `migrate` is the whole of it in one call.

Importing this package imports nothing else, so that `migrate --help` and programs that only want a name are quick.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from .records import dataclass

if TYPE_CHECKING:
    from . import airflow_model, dagster_model
    from .findings import Finding
    from .rules.connections import Exported
    from .write.rendered import RenderedProject

__all__ = ["Migration", "migrate"]

DEFAULT_PACKAGE = "airflow_dags"


@dataclass(frozen=True, slots=True)
class Migration:
    """A conversion before anything is written: what was read, what becomes of it, and the text of its files.

    `findings` are all of them, in the order of their places, without those that a comment in the source silences.
    `rendered` is what `migrator.write.write` puts into a folder. `cutover` is the one that was given, in ISO format.
    """

    airflow: airflow_model.Project
    dagster: dagster_model.Project
    rendered: RenderedProject
    findings: tuple[Finding, ...]
    cutover: str | None = None


def migrate(
    path: str | Path,
    *,
    package: str = DEFAULT_PACKAGE,
    connections: Mapping[str, Exported] | None = None,
    extra_paths: Iterable[str | Path] = (),
    airflow_version: Literal["1", "2", "3"] | None = None,
    environment: Mapping[str, str] | None = None,
    variables: Mapping[str, str] | None = None,
    cutover: str | None = None,
    root_sensors: bool = False,
    jobs: int | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Migration:
    """Convert the DAG files below `path` (a folder, or one file); runs none of them and writes nothing.

    `package` is the name of the Python package that is generated. `connections` are those of `airflow connections
    export`, as `migrator.rules.connections.parse_export` gives them. `extra_paths` are further folders that modules of
    the user's lie in. `airflow_version` decides where the files' imports should not; `jobs` is the number of processes
    that read. `environment` and `variables` are values to read the files with, of environment variables and Airflow
    Variables that decide which tasks there are; they are written into the code. `cutover` is the time (ISO format) from
    which on Dagster runs what falls due in DAGs that catch up; without it, the generated project asks for it in an
    environment variable. With `root_sensors`, a sensor that a DAG merely begins with becomes a Dagster sensor that asks
    for the DAG's run when its condition holds, instead of an asset that polls. `progress` is called with the stage that
    goes on, how much of it is done and how much there is (0: not known).

    Raises FileNotFoundError when there is no such path and ValueError when `package` cannot be a package's name
    or `cutover` is no date.
    Whatever is wrong with the files themselves is a finding.
    """
    from .findings import order
    from .naming import moment, package_fault
    from .read.project import read
    from .read.supplied import Supplied
    from .silence import Silencers
    from .translate.project import translate
    from .write.project import render

    root = Path(path)
    if not root.exists():
        raise FileNotFoundError(f"{root} does not exist")
    fault = package_fault(package)
    if fault:
        raise ValueError(fault)
    since = None if cutover is None else moment(cutover)
    if cutover is not None and since is None:
        raise ValueError(f"{cutover!r} is no date in ISO format")
    report = progress or _silent
    report("Reading", 0, 0)
    airflow = read(
        root,
        extra_paths=tuple(Path(p) for p in extra_paths),
        airflow_version=airflow_version,
        supplied=Supplied(dict(environment or {}), dict(variables or {})),
        jobs=jobs,
        progress=partial(report, "Reading"),
    )
    silencers = Silencers.of(m.source for m in airflow.modules.values())
    report("Translating", 0, 0)
    dagster = translate(airflow, package=package, connections=connections, cutover=since, root_sensors=root_sensors)
    dagster = replace(dagster, findings=silencers.keep(dagster.findings))
    report("Rendering", 0, 0)
    rendered = render(dagster)
    findings = tuple(sorted((*silencers.keep(rendered.findings), *silencers.unused()), key=order))
    return Migration(airflow, dagster, rendered.with_findings(findings), findings, since)


def _silent(stage: str, done: int, total: int) -> None:
    """Tell nobody."""
