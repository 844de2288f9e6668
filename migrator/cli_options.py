"""Values of options of the `migrate` command that need a closer look, and the options that several commands have.

The functions are click callbacks: what was typed in, the value out; BadParameter for what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def existing(**kwargs: Any) -> click.Path:
    """A path that has to be there."""
    return click.Path(exists=True, path_type=Path, **kwargs)


def codes(ctx: click.Context, parameter: click.Parameter, values: Iterable[str]) -> tuple[str, ...]:
    """Codes of findings or their beginnings, with commas."""
    found = [code.strip().upper() for value in values for code in value.split(",") if code.strip()]
    if not found:
        return ()
    from .listing import is_code_prefix, nearest_codes

    for code in found:
        if not is_code_prefix(code):
            near = nearest_codes(code)
            hint = f" Did you mean {', '.join(near)}?" if near else " `migrate explain` lists them."
            raise click.BadParameter(f"{code} is no code of a finding, nor the beginning of one.{hint}", ctx, parameter)
    return tuple(found)


def package(ctx: click.Context, parameter: click.Parameter, value: str) -> str:
    """A name that a generated package may have."""
    from .naming import package_fault

    fault = package_fault(value)
    if fault:
        raise click.BadParameter(fault, ctx, parameter)
    return value


def kinds(ctx: click.Context, parameter: click.Parameter, value: str | None) -> tuple[str, ...] | None:
    """Kinds of evidence, with commas; None for all."""
    if value is None:
        return None
    from .verify.evidence import KINDS

    found = tuple(kind.strip() for kind in value.split(",") if kind.strip())
    unknown = [kind for kind in found if kind not in KINDS]
    if unknown or not found:
        raise click.BadParameter(f"{', '.join(unknown) or value!r} is none of {', '.join(KINDS)}.", ctx, parameter)
    return found


def dates(ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> Any:
    """How many dates, or which, to run DAGs for."""
    from .verify.plans import Dates

    try:
        return Dates.parse(values)
    except ValueError as error:
        raise click.BadParameter(str(error), ctx, parameter) from None


def outcomes(ctx: click.Context, parameter: click.Parameter, value: str | None) -> Any:
    """Runs with outcomes by chance."""
    from .verify.plans import Chance

    try:
        return None if value is None else Chance.parse(value)
    except ValueError as error:
        raise click.BadParameter(str(error), ctx, parameter) from None


def cutover(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """A point in time in ISO format."""
    from .naming import moment

    if value is None:
        return None
    found = moment(value)
    if found is None:
        raise click.BadParameter(f"{value} is no date in ISO format, as 2026-11-01T00:00:00+00:00.", ctx, parameter)
    return found


def assignments(ctx: click.Context, parameter: click.Parameter, value: tuple[str, ...]) -> dict[str, str]:
    """NAME=VALUE, several times."""
    found = {}
    for text in value:
        name, sign, content = text.partition("=")
        if not (name and sign):
            raise click.BadParameter(f"{text!r} is not NAME=VALUE.", ctx, parameter)
        found[name] = content
    return found


def reading_options(function: F) -> F:
    """The options of every command that reads DAG files."""
    for option in (
        click.option("--verbose", "-v", is_flag=True, help="Show every finding by itself, remarks (info) included."),
        click.option("--quiet", "-q", is_flag=True, help="Print findings only: no summary, no progress bar."),
        click.option("--ignore", multiple=True, metavar="CODES", callback=codes,
                     help="Leave these findings out, here and in the exit code."),
        click.option("--select", multiple=True, metavar="CODES", callback=codes,
                     help="Show and count only these findings: codes or their beginnings (A2D2,A2D301)."),
        click.option("--fail-on", type=click.Choice(["error", "warning", "never"]), default="error", show_default=True,
                     help="The mildest finding that makes the exit code 1."),
        click.option("--format", "format_", type=click.Choice(["text", "json", "sarif"]), default="text",
                     show_default=True,
                     help="How to print. JSON is for programs, SARIF for code hosts; both hold every finding."),
        click.option("--jobs", "-j", type=click.IntRange(min=1), metavar="N",
                     help="Processes that read.  [default: one a processor, where there are files enough]"),
        click.option("--airflow-version", type=click.Choice(["1", "2", "3"]),
                     help="The line of Airflow the files are for.  [default: what their imports say]"),
        click.option("--variable", "variables", multiple=True, metavar="KEY=VALUE", callback=assignments,
                     help="Read the files as if the Airflow Variable had this value; repeatable."),
        click.option("--env", "environment", multiple=True, metavar="NAME=VALUE", callback=assignments,
                     help="Read the files as if the environment variable had this value; repeatable."),
        click.option("--path", "paths", multiple=True, type=existing(file_okay=False), metavar="DIR",
                     help="A further folder that modules of yours are imported from; repeatable."),
    ):  # fmt: skip
        function = option(function)
    return function
