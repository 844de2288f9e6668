"""XCom backends of the user's own: classes that Airflow may be configured to store XComs with.

https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/xcoms.html#custom-xcom-backends
"""

from __future__ import annotations

import ast

from ..findings import Finding
from ..source import SourceFile
from .places import span_of
from .trees import parse

BASE = "BaseXCom"


def xcom_backends(source: SourceFile) -> list[Finding]:
    """A finding for each class of a file that is built on BaseXCom. No DAG file says which of them Airflow uses."""
    if BASE not in source.text:
        return []
    try:
        tree = parse(source.file, source.text).tree
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    return [
        Finding(
            "A2D511", f"`{node.name}` is an XCom backend: how it stores and loads values is not carried over", place
        )
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and any(_last_name(base) == BASE for base in node.bases)
        for place in [span_of(node, source)]
    ]


def _last_name(base: ast.expr) -> str:
    match base:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""
