"""The report in the browser: static pages that need no network, no server and no JavaScript.

`report_files` makes them from a migration; `migrate` writes them with the project, `migrate verify` puts its evidence
into them, `migrate report` serves them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from .names import FOLDER

if TYPE_CHECKING:
    from .. import Migration
    from .evidence import Verification

__all__ = ["FOLDER", "report_files", "with_report"]

Progress = Callable[[int, int], None]


def with_report(migration: Migration, out: Path, *, source: bool = True, progress: Progress | None = None) -> Migration:
    """The migration with the report among what is to be written into `out`."""
    files = report_files(migration, source=source, progress=progress)
    return replace(migration, rendered=migration.rendered.with_derived(files))


def report_files(
    migration: Migration,
    *,
    verification: Verification | None = None,
    source: bool = True,
    progress: Progress | None = None,
) -> dict[str, str]:
    """Every file of the report, by path in the output folder: the same bytes for the same migration.

    `verification` is the evidence to show; without `source`, no code and no values of arguments are in the pages.
    `progress` is called with the number of pages that are done and that there are.
    """
    found: dict[str, str] = {}
    total = len(migration.airflow.dags)
    for number, (path, text) in enumerate(_files(migration, verification, source)):
        found[f"{FOLDER}/{path}"] = text
        if progress is not None:
            progress(min(number, total), total)
    return found


def _files(migration: Migration, verification: Verification | None, source: bool) -> Iterator[tuple[str, str]]:
    from .build import Builder
    from .evidence import NONE
    from .names import INDEX
    from .pages import page, static_files

    builder = Builder(migration, verification or NONE, source)
    view = builder.index()
    yield INDEX, page("index.html", view=view, verification=builder.verification, root="")
    for dag in builder.dags:
        found = builder.dag(dag)
        yield found.page, page("dag.html", dag=found, verification=builder.verification, source=source, root="../")
    yield from static_files().items()
