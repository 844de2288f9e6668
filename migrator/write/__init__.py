"""dagster_model in, files out.

`render` is pure: a project becomes the text of its files and the place of each definition. `write` puts them into a
folder, all or nothing, and keeps what a person has edited; `check` says what it would change.
"""

from .project import render
from .record import migration_record
from .rendered import Position, RenderedProject
from .transaction import Difference, WriteOutcome, check, write

__all__ = [
    "Difference",
    "Position",
    "RenderedProject",
    "WriteOutcome",
    "check",
    "migration_record",
    "render",
    "write",
]
