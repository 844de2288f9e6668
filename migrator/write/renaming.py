"""Names of imports changed in text of ours, where the module already means something else by them."""

from __future__ import annotations

import re
from collections.abc import Mapping

import libcst as cst

from .text import InvalidCode


def mentions(text: str, name: str) -> bool:
    """Whether a name occurs in a text, be it in a comment."""
    return re.search(rf"\b{re.escape(name)}\b", text) is not None


def rename(text: str, names: Mapping[str, str]) -> str:
    """Text (an expression or statements) with these names read under others. Attributes and keywords are no names.

    Raises InvalidCode for text that cannot be parsed.
    """
    if not any(name in text for name in names):
        return text
    try:
        module = cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        raise InvalidCode(f"`{text}`: {error.message}") from error
    changed = module.visit(_Renamer(names))
    assert isinstance(changed, cst.Module)
    return changed.code


class _Renamer(cst.CSTTransformer):
    def __init__(self, names: Mapping[str, str]) -> None:
        super().__init__()
        self._names = names

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.Name:
        return updated_node.with_changes(value=self._names.get(updated_node.value, updated_node.value))

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.Attribute:
        return updated_node.with_changes(attr=original_node.attr)

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:
        return updated_node.with_changes(keyword=original_node.keyword)
