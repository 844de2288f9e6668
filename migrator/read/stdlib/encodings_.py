"""Models of base64, hashlib, html, urllib.parse and uuid: text and bytes written in other ways."""

from __future__ import annotations

import base64
import hashlib
import html
import urllib.parse
import uuid
from typing import TYPE_CHECKING, Any

from ..natives import SAFE, SYMBOLS
from ..objects import Native, NativeModule
from .model import Names, late, pure, pures

if TYPE_CHECKING:
    from ..core import Place

SAFE.add(uuid.UUID)
SYMBOLS[uuid.UUID] = "uuid.UUID"


def _hash(name: str) -> Native:
    def run(args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
        return NativeModule(f"hashlib.{name}", _digests(getattr(hashlib, name)(*args, usedforsecurity=False)))

    return Native(f"hashlib.{name}", run)


def _digests(made: Any) -> dict[str, Any]:
    return {
        "hexdigest": Native("hexdigest", lambda a, k, at: made.hexdigest()),
        "digest": Native("digest", lambda a, k, at: made.digest()),
        "update": Native("update", lambda a, k, at: made.update(*a)),
    }


def _uuid(machine: Any) -> dict[str, Any]:
    return {
        "UUID": uuid.UUID,
        "uuid1": late("uuid.uuid1"),
        "uuid4": late("uuid.uuid4"),
        "NAMESPACE_DNS": uuid.NAMESPACE_DNS,
        "NAMESPACE_URL": uuid.NAMESPACE_URL,
        "uuid3": pure("uuid.uuid3", uuid.uuid3),
        "uuid5": pure("uuid.uuid5", uuid.uuid5),
    }


NAMES: Names = {
    "base64": lambda machine: pures(
        "base64", base64, ["b64encode", "b64decode", "urlsafe_b64encode", "urlsafe_b64decode"]
    ),
    "hashlib": lambda machine: {n: _hash(n) for n in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")},
    "html": lambda machine: pures("html", html, ["escape", "unescape"]),
    "urllib.parse": lambda machine: pures(
        "urllib.parse", urllib.parse, ["quote", "quote_plus", "unquote", "unquote_plus", "urlencode", "urljoin"]
    ),
    "uuid": _uuid,
}
