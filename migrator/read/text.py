"""Text made of values: f-strings, `%`, `str.format`, `+` and `join`, with parts that exist only at run time."""

from __future__ import annotations

import ast
import re
import string
from typing import Any

from ..airflow_model import Deferred, Unknown
from .frames import Frame
from .host import HostObject
from .objects import MISSING, Instance, UserClass, UserFunction
from .operations import Operations
from .values import ATOMS, LATE, describe

_WIDE = re.compile(r"\d{6,}")
_PERCENT = re.compile(
    r"%(?:\((?P<key>[^)]*)\))?(?P<flags>[-#0 +]*)(?P<width>\*|\d+)?(?:\.(?P<precision>\*|\d+))?"
    r"[hlL]?(?P<type>[diouxXeEfFgGcrsa%])"
)


class Text(Operations):
    """Text with parts known and parts deferred: `Deferred("format", parts)`."""

    def text(self, value: Any, node: ast.AST, frame: Frame, conversion: str = "s", spec: str = "") -> Any:
        kind = type(value)
        if kind is str and conversion == "s" and not spec:
            return value
        if kind in LATE:
            if kind is Unknown or (conversion == "s" and not spec):
                return value
            if conversion != "s":
                name = {"r": "repr", "a": "ascii"}.get(conversion, "str")
                value = self.defer("call", (_symbol(name), value), node, frame)
            return self.defer("call", (_symbol("format"), value, spec), node, frame) if spec else value
        if isinstance(value, HostObject):
            own = getattr(value, "text", None)
            return (
                own(self.at(node, frame))
                if callable(own)
                else self.unknown(f"the text of {value.describe()}", node, frame)
            )
        if kind is Instance:
            return self._instance_text(value, node, frame, conversion, spec)
        if kind is UserClass or kind is UserFunction:
            return self.unknown(f"the text of {describe(value)}", node, frame)
        late = self.later((value,))
        if late is not None:
            return self.defer("call", (_symbol("repr" if conversion == "r" else "str"), value), node, frame)
        if not self.plain(value) or _WIDE.search(spec) or _unordered(value):
            return self.unknown(f"the text of {describe(value)}", node, frame)
        if isinstance(value, type):
            return self.guarded(lambda: format(repr(value), spec), node, frame)
        if conversion != "s":
            shown = {"r": repr, "a": ascii}.get(conversion, str)(value)
            return self.guarded(lambda: format(shown, spec), node, frame)
        return self.guarded(lambda: format(value, spec), node, frame)

    def _instance_text(self, value: Instance, node: ast.AST, frame: Frame, conversion: str, spec: str) -> Any:
        names = ["__repr__"] if conversion == "r" else ["__str__", "__repr__"]
        if spec or conversion == "s":
            names.insert(0, "__format__")
        for name in names:
            method = self.method(value, name)
            if method is not MISSING:
                made = self.call(method, [spec] if name == "__format__" else [], {}, node, frame)
                return made if name == "__format__" else self.text(made, node, frame, "s", spec)
        if value.cls.members is not None and conversion != "r":
            # Before 3.12 and after, `format` of an enum with a str mixin is its value; str() of it differs.
            if value.base is not MISSING:
                return self.text(value.base, node, frame, "s", spec)
            return f"{value.cls.name}.{value.attributes.get('name')}"
        if isinstance(value.host, HostObject):
            return self.text(value.host, node, frame, conversion, spec)
        if value.base is not MISSING:
            return self.text(value.base, node, frame, conversion, spec)
        if value.cls.fields is not None:
            parts: list[Any] = []
            for n, field in enumerate(value.cls.fields):
                parts += [
                    f"{', ' if n else ''}{field.name}=",
                    self.text(value.attributes.get(field.name), node, frame, "r"),
                ]
            return self.concatenate([f"{value.cls.qualname}(", *parts, ")"], node, frame)
        return self.unknown(f"the text of {describe(value)}", node, frame)

    def concatenate(self, parts: list[Any], node: ast.AST, frame: Frame) -> Any:
        """The parts as one string; `Deferred("format")`, its constant parts joined, when some are known later."""
        flat: list[Any] = []
        size = 0
        for part in parts:
            if type(part) is Unknown:
                return part
            for piece in part.operands if type(part) is Deferred and part.op == "format" else (part,):
                if isinstance(piece, str):
                    size += len(piece)
                    if flat and isinstance(flat[-1], str):
                        flat[-1] += piece
                        continue
                if piece != "":
                    flat.append(piece)
        if size > self.bounds.characters:
            return self.bound(f"a string of more than {self.bounds.characters:,} characters", node, frame)
        if not flat:
            return ""
        if len(flat) == 1 and isinstance(flat[0], str):
            return str(flat[0])
        return self.defer("format", flat, node, frame)

    def percent(self, left: str, right: Any, node: ast.AST, frame: Frame) -> Any:
        """`left % right`, also where parts of `right` are known later."""
        if _WIDE.search(left) and re.search(r"%[-#0 +]*\d{6,}|\.\d{6,}", left):
            return self.bound("a formatted string of great width", node, frame)
        values = right if isinstance(right, tuple) else (right,)
        if type(right) in LATE and not isinstance(right, dict) and len(_PERCENT.findall(left.replace("%%", ""))) > 1:
            return self.defer("%", (left, right), node, frame)
        if self.plain(right) and "*" not in left:
            return self.guarded(lambda: left % right, node, frame)
        parts: list[Any] = []
        end = n = 0
        for match in _PERCENT.finditer(left):
            parts.append(left[end : match.start()])
            end = match.end()
            if match["type"] == "%":
                parts.append("%")
                continue
            if match["key"] is not None:
                value = self.item(right, match["key"], node, frame)
            elif n < len(values):
                value, n = values[n], n + 1
            else:
                self.raise_("TypeError", "not enough arguments for format string", node, frame)
            spec = match["type"] if match["type"] not in "sra" else ""
            width = f"{match['flags'] or ''}{match['width'] or ''}" + (
                f".{match['precision']}" if match["precision"] else ""
            )
            if not width and spec in ("", "d", "i"):
                parts.append(self.text(value, node, frame, match["type"] if match["type"] in "ra" else "s"))
            elif self.plain(value) and "*" not in width:
                piece = match[0].replace(f"({match['key']})", "") if match["key"] is not None else match[0]
                parts.append(self.guarded(lambda p=piece, v=value: p % (v,), node, frame))  # type: ignore[misc]
            else:
                return self.defer("%", (left, right), node, frame)
        return self.concatenate([*parts, left[end:]], node, frame)

    def format_method(self, template: str, args: list[Any], kwargs: dict[str, Any], node: ast.AST, frame: Frame) -> Any:
        """`template.format(*args, **kwargs)`."""
        parts: list[Any] = []
        counter = 0
        pieces = self.guarded(lambda: list(string.Formatter().parse(template)), node, frame)
        if type(pieces) is Unknown:
            return pieces
        for literal, name, spec, conversion in pieces:
            parts.append(literal)
            if name is None:
                continue
            first, rest = re.match(r"([^.\[]*)(.*)", name, re.S).groups()  # type: ignore[union-attr]
            if first == "":
                first, counter = str(counter), counter + 1
            if first.isdecimal():
                if int(first) >= len(args):
                    self.raise_("IndexError", "Replacement index out of range", node, frame)
                value = args[int(first)]
            elif first in kwargs:
                value = kwargs[first]
            elif "**" in kwargs:
                value = self.unknown(f"format argument {first}", node, frame)
            else:
                self.raise_("KeyError", first, node, frame)
            for attribute, key in re.findall(r"\.([^.\[]+)|\[([^\]]*)\]", rest):
                if attribute:
                    value = self.attribute(value, attribute, node, frame)
                else:
                    value = self.item(value, int(key) if key.isdecimal() else key, node, frame)
            if "{" in (spec or ""):
                spec = self.format_method(spec, args, kwargs, node, frame)
                if not isinstance(spec, str):
                    return self.unknown("a format specification", node, frame)
            parts.append(self.text(value, node, frame, conversion or "s", spec or ""))
        return self.concatenate(parts, node, frame)

    def join(self, separator: str, items: Any, node: ast.AST, frame: Frame) -> Any:
        """`separator.join(items)`."""
        elements = self.elements(items, node, frame)
        if type(elements) in LATE:
            return self.defer(
                "call",
                (Deferred("attribute", (separator,), "join"), items if type(items) in LATE else elements),
                node,
                frame,
            )
        parts: list[Any] = []
        for n, element in enumerate(elements):
            if type(element) in ATOMS and not isinstance(element, str):
                self.raise_(
                    "TypeError",
                    f"sequence item {n}: expected str instance, {type(element).__name__} found",
                    node,
                    frame,
                )
            parts += [separator, element] if n else [element]
        if all(isinstance(part, str) for part in parts):
            if sum(map(len, parts)) > self.bounds.characters:
                return self.bound(f"a string of more than {self.bounds.characters:,} characters", node, frame)
            return "".join(parts)
        return self.concatenate([self.text(part, node, frame) for part in parts], node, frame)


def _unordered(value: Any) -> bool:
    """Whether the text of a value depends on the hash seed."""
    if isinstance(value, (set, frozenset)):
        return len(value) > 1 and not all(type(x) in (int, float, bool) for x in value)
    if isinstance(value, dict):
        return any(map(_unordered, value.values()))
    return isinstance(value, (list, tuple)) and any(map(_unordered, value))


def _symbol(name: str) -> Any:
    from ..airflow_model import Symbol

    return Symbol(name)
