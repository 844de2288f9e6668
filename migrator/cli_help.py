"""What `migrate --help` says, and that `migrate PATH` is a command without a name."""

from __future__ import annotations

from typing import Any

import click

CONVERT = "convert"
SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 110}

_EXIT_CODES = (
    ("0", "Done. What is left for a person is a finding, and does not stop `migrate a --out b && ...`."),
    ("1", "There are findings at or above --fail-on (default: error), or the project could not be written, or --check "
          "found a difference."),
    ("2", "Wrong usage: an unknown option, a path that does not exist."),
    ("130", "Interrupted. The output folder is as it was before."),
)  # fmt: skip

_EXAMPLES = (
    ("migrate dags/", "a trial run: findings and a summary, nothing written"),
    ("migrate dags/ --out defs/", "write the Dagster project"),
    ("migrate dags/ --out defs/ --connections connections.json", "with `airflow connections export`"),
    ("migrate dags/ --out defs/ --check", "in CI: is what is committed up to date?"),
    ("migrate inspect dags/", "what is there, and how much is covered"),
    ("migrate report defs/", "read what became of every task, in the browser"),
    ("migrate verify dags/ defs/", "run both engines and compare"),
    ("migrate explain A2D301", "what a finding means and what to do"),
)


class Migrate(click.Group):
    """A group whose first argument may be the path to convert: `migrate PATH` is `migrate convert PATH`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args:
            click.echo(self.get_help(ctx), err=True)
            ctx.exit(2)
        if args[0] not in self.commands and args[0] not in ("--help", "-h", "--version"):
            args = [CONVERT, *args]
        return super().parse_args(ctx, args)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        convert = self.commands[CONVERT]
        for number, usage in enumerate(("PATH [--out DIR] [OPTIONS]", "COMMAND ...")):
            formatter.write_usage("migrate", usage, prefix="Usage: " if not number else "       ")
        self.format_help_text(ctx, formatter)
        with formatter.section("Arguments"):
            formatter.write_dl([("PATH", "A folder of DAG files (it may be a whole repository), or one file.")])
        options = [p for p in convert.get_params(ctx) if isinstance(p, click.Option)]
        records = [r for option in options if (r := option.get_help_record(ctx)) is not None]
        records.append(("--version", "Show the version and exit."))
        with formatter.section("Options"):
            formatter.write_dl(records)
        with formatter.section("Commands"):
            shown = [(name, c.get_short_help_str(100)) for name, c in self.commands.items() if not c.hidden]
            formatter.write_dl(shown)
            formatter.write_paragraph()
            formatter.write_text("`migrate COMMAND --help` says more. A folder of one of these names is ./NAME.")
        with formatter.section("Exit codes"):
            formatter.write_dl(_EXIT_CODES)
        with formatter.section("Examples"):
            formatter.write_dl(_EXAMPLES)


class Convert(click.Command):
    """The conversion itself; its help is the help of `migrate`."""

    def make_context(self, info_name: str | None, *args: Any, **kwargs: Any) -> click.Context:
        return super().make_context("PATH", *args, **kwargs)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        (ctx.parent or ctx).command.format_help(ctx.parent or ctx, formatter)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage("migrate", "PATH [--out DIR] [OPTIONS]")
