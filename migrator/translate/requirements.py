"""What a generated project must have installed: the distributions of the modules that carried-over code imports."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable

from ..dagster_model import Asset, AssetCheck, CarriedBody, DagModule, Import, LibModule
from ..read.trees import parse
from ..source import SourceFile, Span

OURS = frozenset({"dagster", "airflow"})
"""Dagster is always there; Airflow never is, unless an asset says that it needs it."""

DISTRIBUTIONS = {
    "Crypto": "pycryptodome",
    "MySQLdb": "mysqlclient",
    "OpenSSL": "pyopenssl",
    "PIL": "pillow",
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "dotenv": "python-dotenv",
    "git": "gitpython",
    "github": "pygithub",
    "jose": "python-jose",
    "jwt": "pyjwt",
    "ldap": "python-ldap",
    "magic": "python-magic",
    "psycopg2": "psycopg2-binary",
    "serial": "pyserial",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "slack": "slackclient",
    "telegram": "python-telegram-bot",
    "yaml": "pyyaml",
    "zmq": "pyzmq",
}
"""Modules whose distribution has another name; the name of any other is taken for its distribution's."""


def requirements(dags: Iterable[DagModule], lib: tuple[LibModule, ...]) -> set[str]:
    """The distributions for what the modules import, at load or in a run; the standard library's left out."""
    modules: set[str] = set()
    for dag in dags:
        imports: list[Import] = list(dag.imports)
        for piece in dag.carried:
            imports += piece.imports
        for statement in dag.statements:
            imports += statement.imports
        definitions: tuple[Asset | AssetCheck, ...] = (*dag.assets, *dag.checks)
        for definition in definitions:
            imports += definition.body.imports
        modules |= {i.module for i in imports}
        for piece in dag.carried:
            modules |= _within(piece.source, piece.span)
        for definition in definitions:
            if isinstance(definition.body, CarriedBody):
                modules |= _within(definition.body.source, definition.body.span)
    own = {m.dotted.partition(".")[0] for m in lib}
    own |= {m.source.module.partition(".")[0] for m in lib}
    modules = {m for m in modules if m.partition(".")[0] not in own}
    for module in lib:
        modules |= {i.module for i in module.pick_imports}
        if not module.pick:
            found = _imported(module.source.text, without_airflow=bool(module.rewrites))
            modules |= {m for m in found if m.partition(".")[0] not in own}
    return {distribution(m) for m in modules if _foreign(m)}


def _foreign(module: str) -> bool:
    root = module.partition(".")[0]
    return not module.startswith(("@", ".")) and root not in sys.stdlib_module_names and root not in OURS


def distribution(module: str) -> str:
    """The distribution that a module most likely comes from."""
    root, _, rest = module.partition(".")
    if root == "google" and rest.startswith("cloud."):
        return "google-cloud-" + rest.split(".")[1].replace("_", "-")
    return DISTRIBUTIONS.get(root, root.replace("_", "-"))


def _within(source: SourceFile, span: Span) -> set[str]:
    """The modules that functions in a stretch of a file import absolutely."""
    found: set[str] = set()
    for node in parse(source.file, source.text).imports_in_functions:
        if span.line <= node.lineno <= span.end_line:
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif not node.level and node.module:
                found.add(node.module)
    return found


def _imported(text: str, *, without_airflow: bool) -> set[str]:
    """The modules that a file and its functions import absolutely."""
    try:
        parsed = parse("", text)
    except (SyntaxError, ValueError):
        return set()
    froms = (node for node in parsed.tree.body if isinstance(node, ast.ImportFrom))
    if not without_airflow and any((node.module or "").partition(".")[0] == "airflow" for node in froms):
        return set()  # imported only where Airflow is, too
    found: set[str] = set()
    for node in (*parsed.tree.body, *parsed.imports_in_functions):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found.add(node.module)
    return found
