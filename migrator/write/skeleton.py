"""The files around a project's definitions: pyproject.toml, definitions.py, .env.example, dagster.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..dagster_model import EnvVariable, Job, Project
from .text import literal

DAGSTER_VERSION = "1.13.27"
"""Dagster's own packages pin each other, so one version holds for all."""


def pyproject(project: Project, requirements: Iterable[str], python: str) -> str:
    """pyproject.toml as `create-dagster` lays a project out, with the package beside it instead of under src/."""
    named = {_distribution(item) for item in requirements}
    wanted = sorted({*requirements, *([] if "dagster" in named else [f"dagster=={DAGSTER_VERSION}"])}, key=str.lower)
    dependencies = "".join(f"    {_toml(item)},\n" for item in wanted)
    name = project.package.replace("_", "-")
    return f"""\
[project]
name = {_toml(name)}
version = "0.1.0"
description = "Airflow DAGs as Dagster assets, written by migrate"
readme = "README.md"
requires-python = {_toml(python)}
dependencies = [
{dependencies}]

[dependency-groups]
dev = [
    "dagster-dg-cli=={DAGSTER_VERSION}",
    "dagster-webserver=={DAGSTER_VERSION}",
    "pytest>=8",
]

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[tool.hatch.build.targets.wheel]
packages = [{_toml(project.package)}]

[tool.dagster]
module_name = {_toml(project.package + ".definitions")}
code_location_name = {_toml(name)}

[tool.dg]
directory_type = "project"

[tool.dg.project]
root_module = {_toml(project.package)}
code_location_name = {_toml(name)}

[tool.pytest.ini_options]
testpaths = ["tests"]
pythonpath = ["."]
"""


def _distribution(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement.strip(), maxsplit=1)[0].lower().replace("_", "-")


def _toml(text: str) -> str:
    """A TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda m: f"\\u{ord(m[0]):04x}", escaped) + '"'


DEFINITIONS = '''\
"""Everything under defs/, found by Dagster itself."""

from pathlib import Path

import dagster as dg


@dg.definitions
def defs() -> dg.Definitions:
    return dg.load_from_defs_folder(path_within_project=Path(__file__).parent)
'''


def env_variables(project: Project) -> tuple[EnvVariable, ...]:
    """Every environment variable of a project once, by name; the first description counts."""
    found: dict[str, EnvVariable] = {}
    for variable in (*project.env, *(item for resource in project.resources for item in resource.env)):
        found.setdefault(variable.name, variable)
    return tuple(found[name] for name in sorted(found))


def env_example(variables: Iterable[EnvVariable]) -> str:
    """.env.example: each variable under its description; optional ones commented out, secrets without a value."""
    parts = ["# Copy to .env and fill in; `dg` and `dagster dev` read it.\n"]
    for variable in variables:
        description = "".join(f"# {line}".rstrip() + "\n" for line in variable.description.splitlines())
        value = "" if variable.secret else _env_value(variable.example)
        prefix = "" if variable.required else "# "
        parts.append(f"{description}{prefix}{variable.name}={value}\n")
    return "\n".join(parts)


def _env_value(value: str) -> str:
    """A value as python-dotenv reads it back."""
    if re.fullmatch(r"[\w./:@%+,-]*", value):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


LIMIT_TAG = "airflow/dag_id"


def limit_tag(job: Job) -> tuple[str, str]:
    """The tag of a job's runs that a limit on them counts."""
    return LIMIT_TAG, dict(job.tags).get(LIMIT_TAG, job.origin.dag_id)


MAX_RUNTIME_TAG = "dagster/max_runtime"
_SETTINGS = """\
# Settings of the Dagster instance: copy them into the dagster.yaml in $DAGSTER_HOME, or let DAGSTER_HOME name this
# folder.
"""
_MONITORING = """\
# Ends runs that take longer than their tag dagster/max_runtime says.
run_monitoring:
  enabled: true
  poll_interval_seconds: 15
"""


def dagster_yaml(project: Project) -> str | None:
    """dagster.yaml with the limits on runs at once, on pools, and on how long runs take; None without any."""
    jobs = [dag.job for dag in project.dags if dag.job is not None]
    limits = [job for job in jobs if job.max_active_runs]
    pools = sorted({asset.pool for dag in project.dags for asset in dag.assets if asset.pool})
    parts = [_run_limits(limits)] if limits else []
    parts += [_pool_limits(pools)] if pools else []
    parts += [_MONITORING] if any(MAX_RUNTIME_TAG in dict(job.tags) for job in jobs) else []
    return _SETTINGS + "".join(parts) if parts else None


def _pool_limits(pools: list[str]) -> str:
    """How to limit the pools, which is no setting: the instance keeps it."""
    rows = "".join(f"#   dagster instance concurrency set {pool} SLOTS\n" for pool in pools)
    return f"# Pools limit nothing until the slots they have in Airflow are given to the instance:\n{rows}"


def _run_limits(limits: list[Job]) -> str:
    rows = "".join(
        f"      - key: {LIMIT_TAG}\n        value: {_yaml(limit_tag(job)[1])}\n        limit: {job.max_active_runs}\n"
        for job in sorted(limits, key=lambda job: job.name)
    )
    return f"""\
concurrency:
  runs:
    tag_concurrency_limits:
{rows}"""


def _yaml(text: str) -> str:
    return literal(text) if "'" not in text else "'" + text.replace("'", "''") + "'"
