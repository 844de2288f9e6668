"""Pages from views: Jinja2 with autoescape, so that no name and no text of the user's is ever markup.

https://jinja.palletsprojects.com/en/stable/api/#autoescaping
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from typing import Any

from .handwork import CSV, MARKDOWN
from .names import INDEX, LINEAGE

_HERE = __package__ or "migrator.report"
SCRIPTS = ("page", "graph", "index", "strip", "dag", "lineage")
"""What the script consists of, in this order: each file is a part of one function's body."""
LARGE = 120
"""From how many tasks on a DAG's page folds away what nobody sees at first."""
MANY = 500
"""The same for the lineage, in assets."""


@lru_cache(maxsize=1)
def environment() -> Any:
    """The templates' environment."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined
    from markupsafe import Markup

    from .firetimes import in_zone
    from .graphs import shortened

    def load(name: str) -> str:
        return files(_HERE).joinpath("templates").joinpath(name).read_text(encoding="utf-8")

    made = Environment(
        loader=FunctionLoader(load), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters |= {
        "highlighted": Markup,
        "breakable": _breakable,
        "inline": _inline,
        "in_zone": in_zone,
        "shortened": shortened,
        "number": _number,
    }
    made.globals |= {
        "INDEX": INDEX,
        "LINEAGE": LINEAGE,
        "MARKDOWN": MARKDOWN,
        "CSV": CSV,
        "lineage": True,
        "LARGE": LARGE,
        "MANY": MANY,
    }
    return made


def page(template: str, **values: Any) -> str:
    """A page's text."""
    text: str = environment().get_template(template).render(**values)
    return text if text.endswith("\n") else text + "\n"


def static_files() -> dict[str, str]:
    """The style sheet, and the script joined from its parts."""
    folder = files(_HERE).joinpath("static")
    parts = [folder.joinpath("scripts").joinpath(f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS]
    script = '"use strict";\n(() => {\n' + "\n".join(parts) + "})();\n"
    return {"report.css": folder.joinpath("report.css").read_text(encoding="utf-8"), "report.js": script}


def _breakable(text: str) -> Any:
    """A name with places where a line may end: behind what separates its words."""
    from markupsafe import Markup, escape

    return Markup(re.sub(r"([_./-]+)(?=[^_./-])(?!(?<=\.)[a-z0-9]{1,4}$)", r"\1<wbr>", str(escape(text))))


def _inline(text: str) -> Any:
    """A sentence with what stands between backticks as code."""
    from markupsafe import Markup, escape

    return Markup(re.sub(r"`([^`\n]+)`", r"<code>\1</code>", str(escape(text))))


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
