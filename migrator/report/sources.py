"""Source text as highlighted lines of HTML, made on the server with Pygments.

https://pygments.org/docs/tokens/
"""

from __future__ import annotations

from functools import lru_cache
from html import escape
from typing import Any

from .secrets import masked

_CLASSES = (
    ("Token.Comment", "c"),
    ("Token.Literal.String.Doc", "c"),
    ("Token.Literal.String.Interpol", "i"),
    ("Token.Literal.String.Escape", "i"),
    ("Token.Literal.String", "s"),
    ("Token.Literal.Number", "m"),
    ("Token.Literal.Date", "m"),
    ("Token.Keyword", "k"),
    ("Token.Operator.Word", "k"),
    ("Token.Name.Builtin", "b"),
    ("Token.Name.Decorator", "d"),
    ("Token.Name.Function", "f"),
    ("Token.Name.Class", "f"),
    ("Token.Name.Tag", "k"),
    ("Token.Name.Attribute", "b"),
    ("Token.Error", ""),
)
_ALIASES = {
    ".py": "python", ".sql": "sql", ".hql": "sql", ".sh": "bash", ".bash": "bash", ".yaml": "yaml", ".yml": "yaml",
    ".json": "json", ".toml": "toml", ".jinja": "jinja", ".j2": "jinja", ".html": "html+jinja", ".md": "markdown",
}  # fmt: skip


@lru_cache(maxsize=4096)
def _class_of(token: Any) -> str:
    name = str(token)
    return next((short for prefix, short in _CLASSES if name == prefix or name.startswith(prefix + ".")), "")


@lru_cache(maxsize=16)
def _lexer(suffix: str) -> Any:
    from pygments.lexers import get_lexer_by_name

    return get_lexer_by_name(_ALIASES.get(suffix, "text"), stripnl=False, ensurenl=False)


@lru_cache(maxsize=256)
def highlighted(file: str, text: str) -> tuple[str, ...]:
    """The lines of a file as HTML, tokens in `<span class=…>` and all else escaped; secrets are masked before.

    Lines are those of `str.splitlines` with the separators Python's own parser knows, so that numbers agree.
    """
    text = masked(text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", " ").expandtabs(8))
    suffix = "." + file.rpartition(".")[2].lower() if "." in file else ""
    lines: list[list[tuple[str, str]]] = [[]]
    for token, value in _lexer(suffix).get_tokens(text):
        kind = _class_of(token)
        for number, piece in enumerate(value.split("\n")):
            if number:
                lines.append([])
            if piece:
                lines[-1].append((kind, piece))
    if len(lines) > 1 and not lines[-1]:
        lines.pop()
    return tuple(_line(pieces) for pieces in lines)


def _line(pieces: list[tuple[str, str]]) -> str:
    """Neighbours of one class share a span."""
    parts: list[str] = []
    last, text = "", ""
    for kind, piece in (*pieces, ("end", "")):
        if kind != last:
            if text:
                parts.append(f'<span class="{last}">{escape(text)}</span>' if last else escape(text))
            last, text = kind, ""
        text += piece
    return "".join(parts)
