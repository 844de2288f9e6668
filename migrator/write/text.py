"""Python text: literals, docstrings, identifiers, and indentation that leaves multi-line strings alone."""

from __future__ import annotations

import builtins
import inspect
import io
import keyword
import re
import textwrap
import tokenize
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from ..source import lines_of

BUILTINS = frozenset(dir(builtins))

# 3.12 splits f-strings into tokens of their own.
_FSTRING_START = getattr(tokenize, "FSTRING_START", -1)
_FSTRING_END = getattr(tokenize, "FSTRING_END", -1)


class InvalidCode(Exception):
    """Text that was to become part of a generated module is not valid Python."""


@contextmanager
def without_warnings() -> Iterator[None]:
    """Python warns of the user's code when it parses it, of an escape that is none for one: not ours to print."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def literal(value: object) -> str:
    """A Python expression for a plain value, with a deterministic order for sets.

    Long text of several lines becomes one string a line, which reads better than one string with `\\n` in it.
    """
    match value:
        case str() if "\n" in value.rstrip("\n") and len(value) > 60:
            return "(" + "\n".join(_string(line) for line in value.splitlines(keepends=True)) + ")"
        case str():
            return _string(value)
        case Mapping():
            return "{" + ", ".join(f"{literal(k)}: {literal(v)}" for k, v in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(literal, value)) + "]"
        case tuple():
            return "(" + ", ".join(map(literal, value)) + ("," if len(value) == 1 else "") + ")"
        case set() | frozenset():
            return "{" + ", ".join(sorted(map(literal, value))) + "}" if value else "set()"
        case _:
            return repr(value)


def _string(value: str) -> str:
    """A string in double quotes; lone surrogates and control characters escaped as `repr` does."""
    text = repr(value)
    if text.startswith("'") and '"' not in value:
        return '"' + text[1:-1].replace("\\'", "'") + '"'
    return text


def key_literal(key: Iterable[str]) -> str:
    """An asset key as a list of strings."""
    return literal(list(key))


def docstring(text: str) -> str:
    """A docstring statement with this text."""
    body = text.strip().replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if "\n" in body:
        return f'"""{body}\n"""'
    if body.endswith('"'):
        body = body[:-1] + '\\"'
    return f'"""{body}"""'


def in_docstring(text: str) -> bool:
    """Whether a description is written as the function's docstring, where Dagster looks, too.

    One of several lines is, unless it would lose the indentation that Markdown has for code.
    """
    plain = textwrap.dedent(text).strip()
    return "\n" in plain and inspect.cleandoc(plain) == plain


def identifier(name: str) -> str:
    """The nearest valid identifier that is neither a keyword nor a builtin's name."""
    found = re.sub(r"\W", "_", name) or "_"
    if found[0].isdigit():
        found = "_" + found
    return found + "_" if keyword.iskeyword(found) else found


def free_name(name: str, taken: set[str], suffix: str) -> str:
    """`name` as a free identifier that shadows no builtin, else with `suffix`, else numbered; taken from then on."""
    base = identifier(name)
    candidate = base
    if candidate in taken or candidate in BUILTINS:
        candidate = base.rstrip("_") + suffix
    number = 2
    while candidate in taken:
        candidate = f"{base}{suffix}_{number}"
        number += 1
    taken.add(candidate)
    return candidate


def indent(text: str, prefix: str = "    ") -> str:
    """Statements one level deeper. Lines inside multi-line strings stay as they are.

    Raises InvalidCode for text that cannot be tokenized.
    """
    lines = lines_of(text)
    fixed = _lines_in_strings(text) if _may_span_lines(text) else frozenset[int]()
    return "\n".join(
        prefix + line if line.strip() and number not in fixed else line for number, line in enumerate(lines, 1)
    )


def _may_span_lines(text: str) -> bool:
    return '"""' in text or "'''" in text or "\\\n" in text


def _lines_in_strings(text: str) -> frozenset[int]:
    """The numbers of the lines that begin inside a string."""
    inside: set[int] = set()
    starts: list[int] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.STRING:
                inside.update(range(token.start[0] + 1, token.end[0] + 1))
            elif token.type == _FSTRING_START:
                starts.append(token.start[0])
            elif token.type == _FSTRING_END:
                inside.update(range(starts.pop() + 1, token.end[0] + 1))
    except (tokenize.TokenError, IndentationError, SyntaxError) as error:
        raise InvalidCode(f"cannot be tokenized: {error}") from error
    return frozenset(inside)
