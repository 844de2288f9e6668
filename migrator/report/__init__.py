"""The report in the browser: static pages that need no network, no server and no JavaScript.

`report_files` makes them from a migration; `migrate` writes them with the project, `migrate verify` puts its evidence
into them, `migrate report` serves them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from .names import FOLDER

if TYPE_CHECKING:
    from .. import Migration
    from .build import Builder
    from .evidence import Evidence

__all__ = ["FOLDER", "report_files", "with_report"]

Progress = Callable[[int, int], None]


def with_report(migration: Migration, out: Path, *, source: bool = True, progress: Progress | None = None) -> Migration:
    """The migration with the report among what is to be written into `out`, whose evidence is kept where it holds."""
    from .build import Builder
    from .splice import kept_evidence

    builder = Builder(migration, source=source)
    fingerprints = {dag.dag_id: builder.fingerprint(dag) for dag in builder.dags}
    evidence = kept_evidence(out, fingerprints, builder.pages, migration.rendered.modules)
    files = report_files(migration, evidence=evidence, source=source, progress=progress)
    return replace(migration, rendered=migration.rendered.with_derived(files))


def report_files(
    migration: Migration,
    *,
    evidence: Mapping[str, Evidence] | None = None,
    source: bool = True,
    progress: Progress | None = None,
) -> dict[str, str]:
    """Every file of the report, by path in the output folder: the same bytes for the same migration.

    `evidence` is what to show of each DAG; without `source`, no code and no values of arguments are in the pages.
    `progress` is called with the number of pages that are done and that there are.
    """
    from .build import Builder

    found: dict[str, str] = {}
    builder = Builder(migration, evidence or {}, source)
    for number, (path, text) in enumerate(_files(builder)):
        found[f"{FOLDER}/{path}"] = text
        if progress is not None:
            progress(min(number, len(builder.dags)), len(builder.dags))
    return found


def _files(builder: Builder) -> Iterator[tuple[str, str]]:
    from . import handwork
    from .lineage import KINDS, lineage, picture
    from .names import INDEX, LINEAGE
    from .pages import page, static_files
    from .sharing import dag_pages

    view = builder.index()
    parts = handwork.chapters(view)
    yield INDEX, page("index.html", view=view, chapters=parts, root="")
    yield from dag_pages(builder)
    yield handwork.MARKDOWN, handwork.markdown(parts)
    yield handwork.CSV, handwork.table(parts)
    traced = lineage(builder)
    drawn = picture(traced, builder.pages)
    counts = {kind: sum(item.kind == kind for item in traced.items) for kind in KINDS}
    dags = [name for name in builder.pages if any(item.dag_id == name for item in traced.items)]
    yield LINEAGE, page("lineage.html", view=traced, picture=drawn, kinds=counts, dags=dags, root="")
    yield from static_files().items()
