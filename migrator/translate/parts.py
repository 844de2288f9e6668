"""Modules that use Airflow, where others name them: the part of one that is free of Airflow, as a module of its own."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from .. import airflow_model as am
from ..read.places import span_of
from ..source import SourceFile, Span
from .carry import Carrier, loads_of, tree_of
from .library import Library, importable
from .names import Names
from .pen import CannotWriteError

SUFFIX = "_without_airflow"


def part(module: am.Module, names: Iterable[str], library: Library) -> str:
    """Copy definitions of a module, with what they need, to a module of their own; the import path to use.

    Raises CannotWriteError for one that needs Airflow, or must not be computed when the module is loaded.
    """
    dotted = f"{importable(library.name(module))}{SUFFIX}"
    names = tuple(names)
    if (dotted, names) in library.parts_begun:
        raise CannotWriteError(f"{', '.join(names)} of {module.source.module}, which cannot do without each other")
    carrier = library.parts.setdefault(dotted, (module, Carrier(library, Names())))[1]
    mark = carrier.mark()
    library.parts_begun.add((dotted, names))
    try:
        for name in names:
            if module.item(name) is None:
                raise CannotWriteError(f"{name} of the module {module.source.module}, which was not found")
            carrier.reference(name, module)
    except CannotWriteError:
        carrier.reset(mark)
        raise
    finally:
        library.parts_begun.discard((dotted, names))
    return f"@lib.{dotted}"


def attributes(name: str, source: SourceFile, where: Span) -> tuple[str, ...]:
    """What a stretch of a file reads of a module by its name: `general.today()` reads `today`.

    Empty where it does more with the module than that.
    """
    places = {place for _, place in loads_of(frozenset({name}), source, where)}
    found: dict[str, None] = {}
    for node in ast.walk(tree_of(source)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == name:
            place = span_of(node.value, source)
            if place in places and isinstance(node.ctx, ast.Load):
                places.discard(place)
                found[node.attr] = None
    return () if places else tuple(found)
