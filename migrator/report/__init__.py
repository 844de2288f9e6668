"""The report in the browser: static pages that need no network, no server and no JavaScript.

`report_files` makes them from a migration; `migrate` writes them with the project, `migrate verify` puts its evidence
into them, `migrate report` serves them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .names import FOLDER

if TYPE_CHECKING:
    from .. import Migration
    from .evidence import Verification

__all__ = ["FOLDER", "report_files"]


def report_files(
    migration: Migration, *, verification: Verification | None = None, source: bool = True
) -> dict[str, str]:
    """Every file of the report, by path in the output folder: the same bytes for the same migration.

    `verification` is the evidence to show; without `source`, no code and no values of arguments are in the pages.
    """
    return {f"{FOLDER}/{path}": text for path, text in _files(migration, verification, source)}


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
