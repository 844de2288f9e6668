"""Names in the report: of files and of places in a page, from ids that may hold anything."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

INDEX = "index.html"
LINEAGE = "lineage.html"
FOLDER = "report"
"""Where the report is in the output folder."""

_LONGEST = 80
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def slug(text: str) -> str:
    """Letters, digits, `_`, `.` and `-` only, as a file may be called everywhere; changed names end in a hash."""
    plain = re.sub(r"[^A-Za-z0-9_.-]|\.(?=\.)", "_", text)[:_LONGEST].strip(".")
    if plain == text and plain and not _RESERVED.fullmatch(plain):
        return plain
    return f"{plain or 'x'}-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def slugs(names: Iterable[str]) -> dict[str, str]:
    """A slug for each name, different also where upper and lower case are the same."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in dict.fromkeys(names):
        base = chosen = slug(name)
        number = 2
        while chosen.casefold() in taken:
            chosen, number = f"{base}-{number}", number + 1
        taken.add(chosen.casefold())
        found[name] = chosen
    return found


def pages(dag_ids: Iterable[str]) -> dict[str, str]:
    """Each DAG's page, relative to the report's folder."""
    return {dag_id: f"dags/{name}.html" for dag_id, name in slugs(dag_ids).items()}
