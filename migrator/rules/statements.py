"""What SQL text does, as far as it can be told without a database: which table it writes, whether it gives rows."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from typing import TypeAlias

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

# sqlglot logs a warning for each statement it only knows the first word of; that is an ordinary answer here.
logging.getLogger("sqlglot").setLevel(logging.ERROR)

_DIALECTS = {"postgres": "postgres", "mysql": "mysql", "sqlite": "sqlite", "snowflake": "snowflake", "duckdb": "duckdb"}
# Drivers whose cursor has no description after such a statement, so that Airflow's fetch_all_handler gives None.
_ROWLESS_DRIVERS = frozenset({"postgres", "mysql", "sqlite"})
_ROWLESS = re.compile(
    r"(INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|TRUNCATE|MERGE|REPLACE"
    r"|BEGIN|COMMIT|ROLLBACK|SET|GRANT|REVOKE|COPY|VACUUM|COMMENT|REFRESH|LOCK)\b",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_EXPRESSION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_PLACEHOLDER = "jinja_expression"
Table: TypeAlias = tuple[str, ...]
"""The parts of a table's name."""
_BYSTANDERS = (
    exp.Select,
    exp.Transaction,
    exp.Commit,
    exp.Rollback,
    exp.Grant,
    exp.Analyze,
    exp.Comment,
    exp.Semicolon,
)


def gives_rows(sources: Iterable[str] | None, conn_type: str | None) -> bool:
    """Whether running the statements can give rows; true where that is not sure."""
    if sources is None or conn_type not in _ROWLESS_DRIVERS:
        return True
    for source in sources:
        text = _COMMENT.sub(" ", source)
        parts = [part.strip() for part in text.split(";") if part.strip()]
        if not parts or not all(map(_ROWLESS.match, parts)) or re.search(r"\bRETURNING\b", text, re.IGNORECASE):
            return True
    return False


def tables(text: str, conn_type: str | None = None) -> tuple[frozenset[Table], frozenset[Table]]:
    """The tables and views that SQL text reads and those it puts data into, as far as their names are known.

    What a statement makes for itself (common table expressions, temporary tables) is in neither. Text that is not
    understood has none.
    """
    text = _EXPRESSION.sub(_PLACEHOLDER, text)
    if "{%" in text or "{#" in text:
        return frozenset(), frozenset()
    try:
        statements = sqlglot.parse(text, dialect=_DIALECTS.get(conn_type or ""))
    except (SqlglotError, RecursionError):
        return frozenset(), frozenset()
    read: set[Table] = set()
    written: set[Table] = set()
    temporary: set[Table] = set()
    for statement in statements:
        if statement is None:
            continue
        targets = [] if isinstance(statement, _BYSTANDERS) else list(_targets(statement))
        own = {id(table) for table in targets}
        common = {(expression.alias_or_name,) for expression in statement.find_all(exp.CTE)}
        if _is_temporary(statement):
            temporary.update(map(_parts, targets))
        elif _fills(statement):
            written.update(map(_parts, targets))
        read |= {_parts(table) for table in statement.find_all(exp.Table) if id(table) not in own} - common
    known = [
        frozenset(table for table in found - temporary if table and not any(_PLACEHOLDER in part for part in table))
        for found in (read, written)
    ]
    return known[0], known[1]


def written_table(sources: Iterable[str] | None, conn_type: str | None) -> tuple[str, ...] | None:
    """The one table or view the statements fill, as its name's parts; None where it is none, several or not sure."""
    if sources is None:
        return None
    text = ";\n".join(source.rstrip().rstrip(";") for source in sources)
    text = _EXPRESSION.sub(_PLACEHOLDER, text)
    if "{%" in text or "{#" in text:
        return None
    try:
        statements = sqlglot.parse(text, dialect=_DIALECTS.get(conn_type or ""))
    except (SqlglotError, RecursionError):
        return None
    filled: set[tuple[str, ...]] = set()
    touched: set[tuple[str, ...]] = set()
    temporary: set[tuple[str, ...]] = set()
    for statement in statements:
        if statement is None or (isinstance(statement, _BYSTANDERS) and not statement.args.get("into")):
            continue
        targets = {_parts(table) for table in _targets(statement)}
        if not targets and not _creates_something_else(statement):
            return None
        touched |= targets
        if _is_temporary(statement):
            temporary |= targets
        elif isinstance(statement, exp.Insert | exp.Merge | exp.Copy | exp.Create):
            filled |= targets
    filled -= temporary
    if len(filled) != 1 or touched - temporary != filled:
        return None
    (table,) = filled
    return None if any(_PLACEHOLDER in part for part in table) else table


def _targets(statement: exp.Expr) -> Iterator[exp.Table]:
    match statement:
        case exp.Create() if statement.kind not in ("TABLE", "VIEW"):
            return
        case exp.Copy() if not statement.args.get("kind"):
            return  # COPY … TO a file
        case exp.TruncateTable() | exp.Drop():
            yield from statement.find_all(exp.Table)
        case exp.Insert() | exp.Merge() | exp.Copy() | exp.Create() | exp.Update() | exp.Delete() | exp.Alter():
            target = statement.this.this if isinstance(statement.this, exp.Schema) else statement.this
            if isinstance(target, exp.Table):
                yield target


def _fills(statement: exp.Expr) -> bool:
    """Whether data comes into the target; a table that is only created is empty."""
    if isinstance(statement, exp.Create):
        return statement.expression is not None
    return isinstance(statement, exp.Insert | exp.Merge | exp.Copy | exp.Update)


def _creates_something_else(statement: exp.Expr) -> bool:
    """A schema, an index …: beside the point."""
    return isinstance(statement, exp.Create | exp.Drop) and statement.args.get("kind") not in ("TABLE", "VIEW")


def _is_temporary(statement: exp.Expr) -> bool:
    properties = statement.args.get("properties")
    return properties is not None and any(isinstance(p, exp.TemporaryProperty) for p in properties.expressions)


def _parts(table: exp.Table) -> tuple[str, ...]:
    return tuple(part for part in (table.catalog, table.db, table.name) if part)
