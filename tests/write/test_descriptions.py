"""A description of several lines is written as a docstring, and Dagster shows the same text."""

from __future__ import annotations

import inspect
import textwrap

import dagster as dg
import pytest

from migrator.write.formatting import format_files
from migrator.write.text import docstring, in_docstring, indent

TEXTS = [
    "One.\n\nTwo.",
    "\n    Indented as in a DAG file.\n\n    More:\n        and more\n    ",
    'With "quotes"\nat its "end"',
    'With """three"""\nand a \\ backslash \\n',
    "Ends in one\n\\",
]


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_dagster_shows_the_description(text: str) -> None:
    assert in_docstring(textwrap.dedent(text))
    code = f"import dagster as dg\n\n\n@dg.asset\ndef made() -> None:\n{indent(docstring(text))}\n"
    code = format_files({"made.py": code})["made.py"]
    scope: dict[str, object] = {"__name__": "made"}
    exec(compile(code, "made.py", "exec"), scope)
    asset = scope["made"]
    assert isinstance(asset, dg.AssetsDefinition)
    (spec,) = asset.specs
    assert spec.description == inspect.cleandoc(text)


def test_what_a_docstring_would_change_stays_an_argument() -> None:
    assert not in_docstring("One line.\n")
    assert not in_docstring("Run it:\n\n    airflow dags trigger it")
