"""Masking of what looks like a secret, in source code and in values, before it gets into a page.

A mask never changes the number of lines, so that places stay where they are.
"""

from __future__ import annotations

import re

MASK = "••••••"

_WORD = r"(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|secret[_-]?key|auth|" \
        r"credentials?|client[_-]?secret|sas[_-]?token|webhook(?:[_-]?url)?)"  # fmt: skip
_NAME = rf"[\w.-]*?(?<![a-z]){_WORD}(?![a-z])[\w-]*"
_VALUE = r"(?P<quote>[\"'])(?P<value>(?:\\.|(?!(?P=quote))[^\\\n])+)(?P=quote)"

_WORDS = (
    "pass", "pwd", "secret", "token", "auth", "credential", "webhook",
    *(f"{what}{mark}key" for what in ("api", "access", "private") for mark in ("", "_", "-")),
)  # fmt: skip
_PATTERNS = (
    # Before each, of what a text must hold some, in small letters, for the pattern to find anything: quicker to see.
    #
    # name = "…", "name": "…", name="…", name: str = "…"
    (_WORDS,
     re.compile(rf"(?P<head>(?P<mark>[\"']?)\b{_NAME}(?P=mark)\]?\s*(?::\s*\w+\s*)?[=:]\s*[rbfu]{{0,2}}){_VALUE}",
                re.I)),
    # export NAME=…, --password …, in shell and in text
    (_WORDS,
     re.compile(rf"(?P<head>(?:(?<![\w-])--?{_NAME}[ =]|"
                r"\b[A-Z0-9_]*(?:PASSWORD|SECRET|TOKEN|API_KEY|ACCESS_KEY)[A-Z0-9_]*=))"
                r"(?P<value>(?![$\"'{\s(])[^\s\"'`;&|)]{3,})")),
    # a URL's password
    (("://",),
     re.compile(r"(?P<head>\b[a-z][a-z0-9+.-]*://[^\s:/@\"'{}]*:)(?P<value>[^\s@/\"'{}]+)(?=@)", re.I)),
    # credentials in a header
    (("bearer", "basic"),
     re.compile(r"(?P<head>\b(?:Bearer|Basic)\s+)(?P<value>[A-Za-z0-9._~+/=-]{12,})")),
    # keys that show by themselves what they are
    (("akia", "asia"),
     re.compile(r"(?P<head>)(?P<value>\b(?:AKIA|ASIA)[A-Z0-9]{16}\b)")),
    (("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-"),
     re.compile(r"(?P<head>)(?P<value>\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,})")),
    (("xox", "sk_live_", "sk_test_", "aiza"),
     re.compile(r"(?P<head>)(?P<value>\bxox[abeoprs]-[A-Za-z0-9-]{10,}|\bsk_(?:live|test)_\w{10,}|\bAIza[\w-]{30,})")),
    (("eyj",),
     re.compile(r"(?P<head>)(?P<value>\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{4,})")),
    (("hooks.slack.com",),
     re.compile(r"(?P<head>hooks\.slack\.com/services/)(?P<value>[\w/-]{8,})")),
)  # fmt: skip
_KEY = re.compile(
    r"(?P<head>-----BEGIN [A-Z ]*PRIVATE KEY-----)(?P<value>.*?)(?P<tail>-----END [A-Z ]*PRIVATE KEY-----)", re.S
)

# What stands for a secret but is none: a name, a template, a placeholder, a reference to a variable.
_HARMLESS = re.compile(
    r"""\s*(?:\{\{.*\}\}|\{[^{}]*\}|\$\{?\w+\}?|<[^<>]*>|%\(?\w*\)?s|\*+|•+|x{3,}|\.{3}|none|null|true|false|)\s*""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)


def masked(text: str) -> str:
    """The text with what looks like a secret replaced by dots."""
    small, plain = text.lower(), text.isascii()  # elsewhere, other letters may count as these
    if "-----begin" in small:
        text = _KEY.sub(lambda m: m["head"] + re.sub(r"[^\s]+", MASK, m["value"]) + m["tail"], text)
    for hints, pattern in _PATTERNS:
        if not plain or any(hint in small for hint in hints):
            text = pattern.sub(_mask, text)
    return text


def is_secret_name(name: str) -> bool:
    """Whether an argument of this name holds a secret."""
    return re.fullmatch(_NAME, name, re.IGNORECASE) is not None


def masked_value(name: str, value: str) -> str:
    """An argument's value as source text: masked whole, as a literal, where the argument's name says it is secret."""
    if is_secret_name(name) and (found := re.fullmatch(r"([rbfu]{0,2})([\"'])(.*)\2", value, re.DOTALL)):
        if _HARMLESS.fullmatch(found[3]):
            return value
        return f"{found[1]}{found[2]}{MASK}{found[2]}"
    return masked(value)


def _mask(found: re.Match[str]) -> str:
    value = found["value"]
    if _HARMLESS.fullmatch(value):
        return found[0]
    start = found.start("value") - found.start()
    return found[0][:start] + MASK + found[0][start + len(value) :]
