"""Paths that Python code makes from `__file__`, found in its syntax tree.

A path is text relative to the folder that was given to migrate; above that folder it begins with `..`.
"""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterator, Mapping
from functools import lru_cache

from .records import dataclass
from .source import SourceFile, Span

COPIES = "dag_files"
"""The folder of a generated package in which the files are that such paths lead to."""
_PATHS = frozenset({"Path", "PurePath", "PosixPath", "PurePosixPath"})
_SAME = frozenset({"abspath", "realpath", "normpath", "str", "fspath", "resolve", "absolute", "as_posix", "expanduser"})
_TEXT = frozenset({"str", "fspath", "as_posix", "abspath", "realpath", "normpath", "dirname", "join"})


@dataclass(frozen=True, slots=True)
class OwnPath:
    """A path at its place. `is_text` says whether it is a string, not a Path; `known` whether all of it is known."""

    path: str
    span: Span
    is_text: bool = True
    known: bool = True


@dataclass(frozen=True, slots=True)
class _Folded:
    path: str
    is_text: bool
    known: bool = True

    def joined(self, part: str | None) -> _Folded:
        if not self.known or part is None:
            return _Folded(self.path, self.is_text, False)
        return _Folded(posixpath.join(self.path, part), self.is_text)

    def above(self) -> _Folded:
        if not self.known:
            return self
        path = posixpath.normpath(self.path)
        inside = path != "." and not path.endswith("..")
        return _Folded((posixpath.dirname(path) or ".") if inside else posixpath.normpath(f"{path}/.."), self.is_text)


@lru_cache(maxsize=64)
def own_places(source: SourceFile) -> tuple[OwnPath, ...]:
    """Where code asks for its file or for a folder above it: `Path(__file__).parent`, `dirname(__file__)`."""
    if "__file__" not in source.text:
        return ()
    folder = _Folder(source, {}, joins=False)
    return tuple(path for path, _ in folder.found(ast.parse(source.text)))


def paths_in(tree: ast.Module, source: SourceFile, constants: Mapping[str, str]) -> tuple[OwnPath, ...]:
    """What the code of a module reaches from `__file__` on; `constants` are the names that stand for such paths.

    A constant that is a folder is not among them: what is made of it is.
    """
    if "__file__" not in source.text and not constants:
        return ()
    folder = _Folder(source, constants, joins=True)
    return tuple(path for path, bound in folder.found(tree) if not bound)


@dataclass(frozen=True, slots=True)
class _Folder:
    """Computes paths; with `joins` also what is joined to them."""

    source: SourceFile
    constants: Mapping[str, str]
    joins: bool

    def found(self, tree: ast.Module) -> Iterator[tuple[OwnPath, bool]]:
        """Every largest path, and whether it only becomes one of the constants."""
        definitions = {
            id(node.value)
            for node in tree.body
            if isinstance(node, ast.Assign) and all(isinstance(t, ast.Name) for t in node.targets)
            if all(t.id in self.constants for t in node.targets if isinstance(t, ast.Name))
        }
        waiting: list[ast.AST] = [tree]
        while waiting:
            node = waiting.pop()
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                continue
            folded = self.fold(node) if isinstance(node, ast.expr) else None
            if folded is None:
                waiting += () if self.joins and self._only_named(node) else ast.iter_child_nodes(node)
                continue
            if self.joins and folded.path == self.source.file:  # what gets it will look beside it
                folded = _Folded(folded.above().path, folded.is_text, False)
            path = OwnPath(posixpath.normpath(folded.path), self._span(node), folded.is_text, folded.known)
            yield path, id(node) in definitions

    def _only_named(self, node: ast.AST) -> bool:
        """Whether of a path nothing but its name is asked."""
        match node:
            case ast.Attribute(value=path, attr="name" | "stem" | "suffix"):
                return self.fold(path) is not None
            case ast.Call(func=ast.Attribute(attr="basename") | ast.Name(id="basename"), args=[path]):
                return self.fold(path) is not None
        return False

    def _span(self, node: ast.AST) -> Span:
        lines = self.source.lines()
        first, last = getattr(node, "lineno", 1), getattr(node, "end_lineno", 1)
        begin = len(lines[first - 1].encode()[: getattr(node, "col_offset", 0)].decode(errors="replace"))
        end = len(lines[last - 1].encode()[: getattr(node, "end_col_offset", 0)].decode(errors="replace"))
        return Span(self.source.file, first, begin, last, end)

    def fold(self, node: ast.expr) -> _Folded | None:
        match node:
            case ast.Name(id="__file__"):
                return _Folded(self.source.file, True)
            case ast.Name(id=name) if name in self.constants:
                return _Folded(self.constants[name], False)
            case ast.Attribute(value=owner, attr="parent"):
                found = self.fold(owner)
                return found and found.above()
            case ast.Subscript(value=ast.Attribute(value=owner, attr="parents"), slice=ast.Constant(value=int(level))):
                found = self.fold(owner)
                for _ in range(min(level, 20) + 1 if found is not None and level >= 0 else 0):
                    assert found is not None
                    found = found.above()
                return found
            case ast.Call(func=function, args=args, keywords=[]):
                return self._call(function, args)
            case ast.BinOp(left=left, op=ast.Div() | ast.Add(), right=right) if self.joins:
                found = self.fold(left)
                if found is None or isinstance(node.op, ast.Div):
                    return found and found.joined(_constant(right))
                part = _constant(right)
                return found.joined(part.lstrip("/") if part is not None and part.startswith("/") else None)
            case ast.JoinedStr(values=[ast.FormattedValue(value=first), *rest]) if self.joins:
                found = self.fold(first)
                text = "".join(str(v.value) if isinstance(v, ast.Constant) else "\0" for v in rest)
                if found is None or not rest or not text.startswith("/"):
                    return found
                known, unknown, _ = text[1:].partition("\0")
                return found.joined(known.rpartition("/")[0]).joined(None) if unknown else found.joined(known)
        return None

    def _call(self, function: ast.expr, args: list[ast.expr]) -> _Folded | None:
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        if not args:
            found = self.fold(function.value) if isinstance(function, ast.Attribute) and name in _SAME else None
            return found and _Folded(found.path, name in _TEXT, found.known)
        method = isinstance(function, ast.Attribute) and name in ("joinpath", "with_name")
        found = self.fold(function.value if method and isinstance(function, ast.Attribute) else args[0])
        if found is None:
            return None
        if method and self.joins:
            found = found.above() if name == "with_name" else found
            for part in args:
                found = found.joined(_constant(part))
            return found
        if name in _PATHS or name == "join":
            if len(args) > 1 and not self.joins:
                return None
            for part in args[1:]:
                found = found.joined(_constant(part))
            return _Folded(found.path, name == "join", found.known)
        if len(args) > 1 or method:
            return None
        if name == "dirname":
            return _Folded(found.above().path, True, found.known)
        return _Folded(found.path, True, found.known) if name in _SAME else None


def _constant(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
