"""Models of json, re, textwrap, string and the like."""

from __future__ import annotations

import inspect
import json
import pprint
import re
import string
import textwrap
from typing import TYPE_CHECKING, Any

from ...airflow_model import Symbol
from ..natives import METHODS, SYMBOLS, Handler
from ..objects import BoundReached, Native
from ..values import LATE
from .files import content_of
from .model import Names, lazy, pure

if TYPE_CHECKING:
    from ..core import Place

# Python's own re has names for its parser since 3.11.
_parser: Any = getattr(re, "_parser", None)
if _parser is None:
    import sre_parse as _parser  # type: ignore[import-not-found, unused-ignore]

SYMBOLS.update({string.Template: "string.Template", re.Pattern: "re.Pattern"})


# --- json ---


def parser(path: str, function: Any) -> Native:
    """A parser of text or of an open file of the project."""

    def model(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
        value = content_of(args[0]) if args else None
        if type(value) in LATE:
            return machine.defer_call(Symbol(path), args[:1], {}, at.node, at.frame)
        if not isinstance(value, (str, bytes)):
            return at.unknown(f"{path}(…)")
        return machine.guarded(lambda: function(value), at.node, at.frame)

    return lazy(path, model)


def _dumps(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    if machine.later([*args, *kwargs.values()]) is not None:
        return machine.defer_call(Symbol("json.dumps"), args, kwargs, at.node, at.frame)
    if not machine.plain(args) or "default" in kwargs or "cls" in kwargs:
        return at.unknown("json.dumps(…)")
    if size(args[0], [200_000]) > 200_000:
        raise BoundReached("a text of great length")
    return machine.guarded(lambda: json.dumps(args[0], **kwargs), at.node, at.frame)


def size(value: Any, budget: list[int]) -> int:
    """How many elements a value has, shared ones counted each time."""
    budget[0] -= 1
    if budget[0] < 0:
        return 1_000_000
    if isinstance(value, dict):
        return 1 + sum(size(v, budget) for v in value.values())
    return 1 + sum(size(v, budget) for v in value) if isinstance(value, (list, tuple)) else 1


def _json(machine: Any) -> dict[str, Any]:
    return {
        "loads": parser("json.loads", json.loads),
        "load": parser("json.load", json.loads),
        "dumps": lazy("json.dumps", _dumps),
        "JSONDecodeError": json.JSONDecodeError,
    }


# --- re ---

_WORK = 10**8


def _cost(tree: Any) -> tuple[int, bool, bool]:
    """How many unbounded repeats a pattern has; whether it has alternatives; whether a match may take exponential time.

    It may where one unbounded repeat holds another, or alternatives that could match the same text.
    """
    count, branches, nested = 0, False, False
    for op, argument in tree:
        name = str(op)
        inner: list[Any] = []
        wide = False
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            low, high, repeated = argument
            inner, wide = [repeated], bool(high == _parser.MAXREPEAT or high - low > 10)
        elif name == "SUBPATTERN":
            inner = [argument[3]]
        elif name == "BRANCH":
            inner, branches = argument[1], True
        elif name in ("ASSERT", "ASSERT_NOT"):
            inner = [argument[1]]
        elif name == "ATOMIC_GROUP":
            inner = [argument]
        elif name == "GROUPREF_EXISTS":
            inner = [part for part in argument[1:] if part is not None]
        for part in inner:
            inside, branching, deep = _cost(part)
            nested = nested or deep or (wide and (inside > 0 or branching))
            branches = branches or branching
            count += inside
        count += int(wide)
    return count, branches, nested


def safe_pattern(pattern: Any, subject: Any) -> bool:
    """Whether a match is sure to end soon."""
    text = pattern.pattern if isinstance(pattern, re.Pattern) else pattern
    length = len(subject) if isinstance(subject, (str, bytes)) else 0
    if len(text) > 5_000:
        return False
    if length <= 16:
        return True
    try:
        count, _, nested = _cost(_parser.parse(text))
    except (re.error, RecursionError, OverflowError):
        return True
    return length <= 20 if nested else float(length) ** min(count + 1, 40) <= _WORK


def _re(name: str) -> Native:
    function = getattr(re, name)
    place = {"sub": 2, "subn": 2}.get(name, 1)

    def model(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
        if name == "sub" and len(args) > 2 and not isinstance(args[1], str) and type(args[1]) not in LATE:
            return at.unknown("re.sub with a function")
        if machine.later([*args, *kwargs.values()]) is not None:
            return machine.defer_call(Symbol(f"re.{name}"), args, kwargs, at.node, at.frame)
        if not machine.plain([args, kwargs]):
            return at.unknown(f"re.{name}(…)")
        subject = args[place] if len(args) > place else kwargs.get("string", "")
        if not safe_pattern(args[0], subject):
            raise BoundReached("a regular expression that may take very long")
        result = machine.guarded(lambda: function(*args, **kwargs), at.node, at.frame)
        return iter(list(result)) if name == "finditer" else result

    return lazy(f"re.{name}", model)


def _method_of_pattern(name: str) -> Handler:
    place = 1 if name in ("sub", "subn") else 0

    def handler(machine: Any, owner: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
        if machine.later([*args, *kwargs.values()]) is not None or not machine.plain([args, kwargs]):
            return at.unknown(f"re.Pattern.{name}(…)")
        if not safe_pattern(owner, args[place] if len(args) > place else kwargs.get("string", "")):
            raise BoundReached("a regular expression that may take very long")
        result = machine.guarded(lambda: getattr(owner, name)(*args, **kwargs), at.node, at.frame)
        return iter(list(result)) if name == "finditer" else result

    return handler


_MATCHING = ("match", "search", "fullmatch", "findall", "finditer", "sub", "subn", "split")
for _name in _MATCHING:
    METHODS[re.Pattern, _name] = _method_of_pattern(_name)


def _regex(machine: Any) -> dict[str, Any]:
    names: dict[str, Any] = {name: _re(name) for name in _MATCHING}
    flags = {
        name: getattr(re, name)
        for name in ("I", "IGNORECASE", "M", "MULTILINE", "S", "DOTALL", "X", "VERBOSE", "A", "ASCII")
    }
    return {
        **names,
        **flags,
        "compile": _re("compile"),
        "escape": pure("re.escape", re.escape),
        "error": re.error,
        "Pattern": re.Pattern,
    }


# --- text ---


def _around(path: str, function: Any) -> Native:
    """A function from text to text (dedent …)."""
    return pure(path, function)


def _template(name: str) -> Handler:
    def handler(machine: Any, owner: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
        if isinstance(owner, type):
            return at.unknown("a template")
        values = {**(args[0] if args and isinstance(args[0], dict) else {}), **kwargs}
        if machine.later([*values.values()]) is None and machine.plain(values):
            return machine.guarded(lambda: getattr(owner, name)(values), at.node, at.frame)
        parts: list[Any] = []
        end = 0
        for match in owner.pattern.finditer(owner.template):
            parts.append(owner.template[end : match.start()])
            end = match.end()
            key = match.group("named") or match.group("braced")
            if match.group("escaped") is not None:
                parts.append("$")
            elif key in values:
                parts.append(machine.text(values[key], at.node, at.frame))
            else:
                parts.append(match.group())
        return machine.concatenate([*parts, owner.template[end:]], at.node, at.frame)

    return handler


METHODS[string.Template, "substitute"] = _template("substitute")
METHODS[string.Template, "safe_substitute"] = _template("safe_substitute")


NAMES: Names = {
    "json": _json,
    "simplejson": _json,
    "re": _regex,
    "textwrap": lambda machine: {
        n: _around(f"textwrap.{n}", getattr(textwrap, n)) for n in ("dedent", "indent", "fill", "shorten", "wrap")
    },
    "inspect": lambda machine: {
        "cleandoc": pure("inspect.cleandoc", inspect.cleandoc),
        "getdoc": lazy("inspect.getdoc", _doc),
    },
    "string": lambda machine: {
        "Template": string.Template,
        **{
            n: getattr(string, n)
            for n in (
                "ascii_letters",
                "ascii_lowercase",
                "ascii_uppercase",
                "digits",
                "hexdigits",
                "punctuation",
                "whitespace",
                "printable",
            )
        },
    },
    "pprint": lambda machine: {
        "pprint": Native("pprint.pprint", lambda a, k, at: None, lazy=True),
        "pformat": pure("pprint.pformat", pprint.pformat),
    },
}


def _doc(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    return machine.attribute(args[0], "__doc__", at.node, at.frame)
