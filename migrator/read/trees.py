"""The syntax trees of the user's files, each parsed once for all who look at it."""

from __future__ import annotations

import ast
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TypeVar

from .frames import Scope, varying_names

T = TypeVar("T")

_KEPT = 64
_STACK = 256 * 1024 * 1024
_RECURSION = 12_000
_deep_stack = threading.local()


@dataclass(eq=False)
class Parsed:
    """A file's tree and what was worked out about it. Interpreters of several DAG files share it."""

    tree: ast.Module
    scopes: dict[ast.AST, Scope] = field(default_factory=dict)
    """Of those of its functions that were called."""

    @cached_property
    def varying(self) -> frozenset[str]:
        """Top-level names with more than one value in the course of the file."""
        return varying_names(self.tree)

    @cached_property
    def imports_in_functions(self) -> tuple[ast.Import | ast.ImportFrom, ...]:
        """The import statements in the file's functions: they run when a task does, not when the file is loaded."""
        found: dict[ast.Import | ast.ImportFrom, None] = {}
        for function in statements(self.tree):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                inside = statements(ast.Module(function.body, []))
                found |= dict.fromkeys(s for s in inside if isinstance(s, ast.Import | ast.ImportFrom))
        return tuple(found)


@lru_cache(maxsize=_KEPT)
def parse(file: str, text: str) -> Parsed:
    """A file's tree; raises what `ast.parse` raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(text, file)
        except SystemError:
            # CPython's parser is not reentrant: it fails so when a finaliser that happens to run meanwhile parses, too,
            # as the one that logs a traceback does.
            tree = ast.parse(text, file)
    return Parsed(tree)


def statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """All statements of a file, those inside others too."""
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        at = waiting.pop()
        if isinstance(at, ast.stmt):
            yield at
        for block in ("body", "orelse", "finalbody", "handlers", "cases"):
            waiting += getattr(at, block, ())


def with_deep_stack(work: Callable[[], T]) -> T:
    """The result of `work`, done where deep nesting finds more stack than the main thread may have."""
    if getattr(_deep_stack, "entered", False):
        return work()
    results: list[T] = []
    failures: list[BaseException] = []

    def run() -> None:
        _deep_stack.entered = True
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(max(limit, _RECURSION))
        try:
            results.append(work())
        except BaseException as error:
            failures.append(error)
        finally:
            sys.setrecursionlimit(limit)

    previous = threading.stack_size(_STACK)
    try:
        # A daemon, so that an interrupt need not wait for its end.
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
    finally:
        threading.stack_size(previous)
    thread.join()
    if failures:
        raise failures[0]
    return results[0]
