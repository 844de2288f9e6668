"""Names and dates that a person gives on the command line or in a call: what they may be, and what was meant."""

from __future__ import annotations

import difflib
import keyword
import sys
from collections.abc import Iterable
from datetime import datetime, timezone

_TAKEN = frozenset({"airflow", "dagster", "dagster_dg_cli", "jinja2", "lib", "migrator", "pendulum", "tests"})


def package_fault(name: str) -> str | None:
    """Why `name` cannot be the name of the generated package; None when it can."""
    if not name.isidentifier() or not name.isascii() or keyword.iskeyword(name):
        return f"{name!r} is not a name for a Python package: use letters, digits and underscores"
    if name in _TAKEN or name in sys.stdlib_module_names:
        return f"{name!r} is already the name of a package that the generated project needs or Python has"
    return None


def nearest(word: str, known: Iterable[str], count: int = 3) -> list[str]:
    """The known words most like `word`, whatever their case; the best first."""
    by_fold = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(word.casefold(), by_fold, n=count, cutoff=0.5)
    return [by_fold[name] for name in found]


def moment(text: str) -> str | None:
    """A date in ISO format with its offset, UTC where it has none; None for text that is no date."""
    try:
        found = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=timezone.utc)).isoformat()
