"""The `migrate` command: arguments in, text and an exit code out. What is decided is decided elsewhere."""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TextIO

import click

from . import DEFAULT_PACKAGE
from . import cli_options as option
from .cli_help import CONVERT, SETTINGS, Convert, Migrate

if TYPE_CHECKING:
    from .airflow_model import Project
    from .counting import FailOn
    from .findings import Finding
    from .rules.connections import Exported
    from .terminal import Sources

Format = Literal["text", "json", "sarif"]
INTERRUPTED = 130


@click.group(cls=Migrate, context_settings=SETTINGS)
@click.version_option(package_name="airflow-migrate", prog_name="migrate")
def command() -> None:
    """Reads Airflow DAG files (1.10, 2 and 3) without running them, and writes a Dagster project that does the same.

    What cannot be carried over becomes code that fails loudly when it is run, and a finding at its place in the source.
    """


@command.command(CONVERT, cls=Convert, hidden=True)
@click.argument("path", type=option.existing())
@click.option("--out", "-o", type=click.Path(path_type=Path), metavar="DIR",
              help="The folder to write the project into. Without it nothing is written: a trial run.")  # fmt: skip
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if writing would change anything in --out.")
@click.option("--connections", multiple=True, type=option.existing(dir_okay=False), metavar="FILE",
              help="A file of `airflow connections export`; repeatable. Secrets in it are not kept.")  # fmt: skip
@click.option("--package", default=DEFAULT_PACKAGE, show_default=True, metavar="NAME", callback=option.package,
              help="The name of the generated Python package.")  # fmt: skip
@click.option("--cutover", metavar="DATE", callback=option.cutover,
              help="The time (ISO format) from which on Dagster runs what falls due in DAGs that catch up.  [default: "
                   "read from MIGRATION_CUTOVER by the generated project]")  # fmt: skip
@click.option("--root-sensors", is_flag=True,
              help="Make a sensor that a DAG merely begins with a Dagster sensor that asks for the run when its "
                   "condition holds, instead of an asset that polls.")  # fmt: skip
@click.option("--report/--no-report", default=True, show_default=True,
              help="Write the report for the browser, to DIR/report.")  # fmt: skip
@click.option("--source/--no-source", default=True, show_default=True,
              help="Show code and values in the report; what looks like a secret is masked in any case.")  # fmt: skip
@option.reading_options
def convert(
    path: Path,
    out: Path | None,
    check: bool,
    report: bool,
    source: bool,
    connections: tuple[Path, ...],
    package: str,
    cutover: str | None,
    root_sensors: bool,
    paths: tuple[Path, ...],
    airflow_version: Literal["1", "2", "3"] | None,
    environment: dict[str, str],
    variables: dict[str, str],
    jobs: int | None,
    format_: Format,
    fail_on: FailOn,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    quiet: bool,
    verbose: bool,
) -> int:
    """Convert the DAG files below PATH."""
    if check and out is None:
        raise click.UsageError("--check needs --out: the folder to compare with.")
    exported = _read_connections(connections)
    from . import migrate
    from .counting import Choice
    from .outcome import conclude
    from .progress import progress
    from .terminal import Sources

    with progress(not quiet) as tell:
        migration = migrate(
            path,
            package=package,
            connections=exported,
            extra_paths=paths,
            airflow_version=airflow_version,
            environment=environment,
            variables=variables,
            cutover=cutover,
            root_sensors=root_sensors,
            jobs=jobs,
            progress=tell,
        )
        if report and out is not None and not check:
            from .report import with_report

            migration = with_report(migration, out, source=source, progress=partial(tell, "Reporting"))
        tell("Writing", 0, 0)
        outcome = conclude(migration, out, check_only=check, choice=Choice(select, ignore))
    if format_ == "json":
        _print_json(outcome.document())
    elif format_ == "sarif":
        _print_sarif(outcome.findings, Sources.of(path, migration.airflow))
    else:
        hidden = _print_findings(outcome.findings, Sources.of(path, migration.airflow), verbose)
        if not quiet:
            from .summary import summary_text

            _print(summary_text(outcome, path, out, _style(sys.stdout), hidden=hidden))
    return int(outcome.failed(fail_on))


@command.command()
@click.argument("path", type=option.existing())
@option.reading_options
def inspect(
    path: Path,
    paths: tuple[Path, ...],
    airflow_version: Literal["1", "2", "3"] | None,
    environment: dict[str, str],
    variables: dict[str, str],
    jobs: int | None,
    format_: Format,
    fail_on: FailOn,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    quiet: bool,
    verbose: bool,
) -> int:
    """What is there: DAGs, tasks, operators, coverage. Writes nothing.

    Coverage is what a conversion would make of each task: exact, approximate (with named differences), bridged (runs
    the Airflow operator inside Dagster) or manual (a person must finish it).
    """
    from .counting import Choice, fails
    from .progress import progress
    from .read.project import read
    from .read.supplied import Supplied
    from .silence import Silencers

    with progress(not quiet) as tell:
        tell("Reading", 0, 0)
        project = read(
            path,
            extra_paths=paths,
            airflow_version=airflow_version,
            supplied=Supplied(environment, variables),
            jobs=jobs,
            progress=partial(tell, "Reading"),
            code=format_ == "text",
        )
        silencers = Silencers.of(module.source for module in project.modules.values())
        findings = Choice(select, ignore).of(silencers.keep(project.findings))
        if format_ == "text":
            tell("Translating", 0, 0)
            lines = [] if quiet else _overview(project)
    if format_ == "json":
        from .inspect_json import inspect_document

        _print_json(inspect_document(replace(project, findings=findings)))
        return int(fails(findings, fail_on))
    from .terminal import Sources

    if format_ == "sarif":
        _print_sarif(findings, Sources.of(path, project))
    else:
        _print_findings(findings, Sources.of(path, project), verbose)
        _print(lines)
    return int(fails(findings, fail_on))


@command.command()
@click.argument("dags", type=option.existing())
@click.argument("defs", type=option.existing(file_okay=False))
@click.option("--airflow-python", metavar="PATH", help="The Python of your Airflow (2.11 or 3).  [default: this one]")
@click.option("--dagster-python", metavar="PATH", help="The Python of the generated project.  [default: this one]")
@click.option("--only", "kinds", metavar="KINDS", callback=option.kinds,
              help="load, graph, ticks, templates, run, effects, with commas.  [default: all]")  # fmt: skip
@click.option("--dag", "dag_ids", multiple=True, metavar="ID", help="Verify this DAG only; repeatable.")
@click.option("--ticks", type=click.IntRange(min=1), default=200, show_default=True, metavar="N",
              help="How many ticks of each schedule to compare.")  # fmt: skip
@click.option("--dates", multiple=True, metavar="[ID=]DATES", callback=option.dates,
              help="How many dates to run DAGs for, or logical dates with commas.  [default: 2]")  # fmt: skip
@click.option("--outcomes", metavar="random:N[:SEED]", callback=option.outcomes,
              help="N runs with forced outcomes: tasks succeed, fail or skip by chance.")  # fmt: skip
@click.option("--allow", multiple=True, metavar="NAMES",
              help="An operator, DAG_ID.TASK_ID or `all`: executed though it reaches outside.")  # fmt: skip
@click.option("--world", type=option.existing(file_okay=False), metavar="DIR",
              help="A folder to work on: each side gets a copy, and the variables in its verify.env.")  # fmt: skip
@click.option("--path", "paths", multiple=True, type=option.existing(file_okay=False), metavar="DIR",
              help="A further folder that modules of yours are imported from; repeatable.")  # fmt: skip
@click.option("--timeout", "seconds", type=click.FloatRange(min=1), default=60.0, show_default=True, metavar="S",
              help="Seconds a DAG may take, in each engine and for each question.")  # fmt: skip
@click.option("--jobs", "-j", type=click.IntRange(min=1), default=1, show_default=True, metavar="N",
              help="Pairs of engines that work at the same time.")  # fmt: skip
@click.option("--format", "format_", type=click.Choice(["text", "json", "sarif"]), default="text", show_default=True,
              help="How to print. JSON is that of verification.json, with the seconds each check took; SARIF, for code "
                   "hosts, has what failed or was not run.")  # fmt: skip
@click.option("--quiet", "-q", is_flag=True, help="Print what failed, and neither the rest nor a progress bar.")
@click.option("--verbose", "-v", is_flag=True, help="Print all evidence.")
def verify(
    dags: Path,
    defs: Path,
    airflow_python: str | None,
    dagster_python: str | None,
    format_: Format,
    quiet: bool,
    verbose: bool,
    **options: Any,
) -> int:
    """Run the DAGs in DAGS on Airflow and the project in DEFS on Dagster, and compare.

    This executes the DAG files, and their tasks where runs are compared: python and bash, SQL on SQLite and DuckDB.
    Operators that reach outside are replaced by nothing on both sides. The evidence is written to
    DEFS/verification.json, also where Ctrl-C stops it. Exit code 1 means that something differs.
    """
    from .progress import progress
    from .verify.evidence import FILE, keep_record
    from .verify.session import ProbeError, Settings, warning
    from .verify.session import verify as verify_
    from .verify.text import evidence_text

    python = {"airflow_python": airflow_python, "dagster_python": dagster_python}
    settings = Settings(dags=dags, defs=defs, **{k: v for k, v in {**python, **options}.items() if v is not None})
    click.echo(warning(settings), err=True)
    try:
        with progress(not quiet) as tell, _ended_as_by_hand():
            verification = verify_(settings, tell)
    except (FileNotFoundError, ValueError, ProbeError) as error:
        raise click.UsageError(str(error)) from None
    keep_record(defs / FILE, verification)
    _put_evidence(defs)
    if format_ == "json":
        _print_json(verification.document(seconds=True))
    elif format_ == "sarif":
        from .terminal import Sources

        _print_sarif(verification.findings(), Sources.of(dags))
    else:
        _print(evidence_text(verification, _style(sys.stdout), verbose=verbose, quiet=quiet))
    if verification.stopped:
        click.echo(f"Stopped. What there is of evidence is in {defs / FILE}.", err=True)
        return INTERRUPTED
    return int(verification.failed)


@command.command()
@click.argument("defs", type=option.existing(file_okay=False))
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, metavar="N", help="The port.  [default: any that is free]"
)
@click.option("--no-open", is_flag=True, help="Serve only, and open no browser.")
def report(defs: Path, port: int, no_open: bool) -> int:
    """Open the report in DEFS in the browser.

    It is served on this machine only (127.0.0.1) until Ctrl-C. DEFS/report/index.html opened by hand is the same.
    """
    from .report.serve import serve

    try:
        serve(defs, port, click.echo, browser=not no_open)
    except OSError as error:
        raise click.UsageError(str(error)) from None
    return 0


@command.command()
@click.argument("name", required=False)
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True,
              help="How to print.")  # fmt: skip
def rules(name: str | None, format_: Format) -> int:
    """The mapping table of operators, or one operator's rule with its differences and an example.

    NAME is an operator's class, its import path, or a decorator such as @task.bash.
    """
    from .listing import find_rules, nearest_rules, rule_record, rule_text, rules_document, rules_table

    if name is None:
        if format_ == "json":
            _print_json(rules_document())
        else:
            _print(rules_table(_style(sys.stdout)))
        return 0
    found = find_rules(name)
    if not found:
        near = nearest_rules(name)
        hint = f" Did you mean {', '.join(near)}?" if near else ""
        raise click.UsageError(f"There is no rule for {name}: the Airflow operator itself is run (bridged).{hint}")
    if format_ == "json":
        _print_json([rule_record(rule) for rule in found])
    else:
        for number, rule in enumerate(found):
            _print([""] * bool(number))
            _print(rule_text(rule, _style(sys.stdout)))
    return 0


@command.command()
@click.argument("code", required=False)
def explain(code: str | None) -> int:
    """What a finding's CODE means and what to do about it; without CODE, all of them."""
    from .listing import code_text, codes_table, find_code, nearest_codes

    if code is None:
        _print(codes_table(_style(sys.stdout)))
        return 0
    row = find_code(code)
    if row is None:
        near = nearest_codes(code)
        hint = f" Did you mean {', '.join(near)}?" if near else " `migrate explain` lists all codes."
        raise click.UsageError(f"{code} is no code of a finding.{hint}")
    _print(code_text(row, _style(sys.stdout)))
    return 0


@contextmanager
def _ended_as_by_hand() -> Iterator[None]:
    """A request to end (SIGTERM: of a time limit, of a CI job that is cancelled) is taken as Ctrl-C."""
    if threading.current_thread() is not threading.main_thread():  # only that one is told of signals
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _put_evidence(defs: Path) -> None:
    """Into the report in the folder, if there is one."""
    from .report.splice import add_evidence

    record = json.loads((defs / "migration.json").read_text(encoding="utf-8"))
    add_evidence(defs, {dag["dag_id"]: dag["module"] for dag in record["dags"]})


def _overview(project: Project) -> list[str]:
    from .overview import Coverage, overview
    from .translate.project import translate

    return list(overview(project, Coverage.of(translate(project)), _style(sys.stdout)))


def _read_connections(files: Iterable[Path]) -> dict[str, Exported]:
    from .rules.connections import parse_export

    found: dict[str, Exported] = {}
    for file in files:
        try:
            found |= parse_export(file.read_text(encoding="utf-8"))
        except OSError as error:
            raise click.UsageError(f"{file} cannot be read: {error.strerror or error}") from None
        except ValueError:
            # The error's own text may hold a part of the file, and that a secret.
            message = f"{file} is not what `airflow connections export` writes (JSON, YAML or env format)."
            raise click.UsageError(message) from None
    return found


def _print_findings(findings: Sequence[Finding], sources: Sources, verbose: bool) -> int:
    """Print findings, without mere information unless asked to; gives how many were left out."""
    from .terminal import findings_text

    shown = [finding for finding in findings if verbose or finding.severity != "info"]
    _print(findings_text(shown, sources, _style(sys.stdout), everything=verbose))
    if shown:
        click.echo()
    return len(findings) - len(shown)


def _style(stream: TextIO) -> Any:
    from .terminal import Style

    return Style.of(stream)


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line, color=True)


def _print_sarif(findings: Sequence[Finding], sources: Sources) -> None:
    from importlib.metadata import version

    from .report.sarif import sarif

    _print_json(sarif(findings, sources, version("airflow-migrate")))


def _print_json(document: Any) -> None:
    from .json_text import json_text

    click.echo(json_text(document))


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; gives the exit code. Messages about wrong usage go to standard error."""
    # A run makes many objects and throws few away: looking for garbage as often as usual takes a quarter of its time.
    gc.set_threshold(500_000, 20, 100)
    try:
        return _main(argv)
    finally:
        gc.freeze()  # nor is any looked for when the process ends


def _main(argv: Sequence[str] | None) -> int:
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    try:
        result = command.main(args=list(argv) if argv is not None else None, prog_name="migrate", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted. Nothing was changed.", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read standard output has gone (`migrate rules | head`); nothing more can be said there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return result if isinstance(result, int) else 0
