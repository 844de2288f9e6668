"""Which uses of Airflow in a helper module the runtime module's stand-ins serve."""

from __future__ import annotations

import pytest

from migrator.airflow_model import Module
from migrator.source import SourceFile
from migrator.translate.standins import catches, served


def survey(text: str, wanted: frozenset[str] = frozenset()) -> tuple[list[str], set[int]]:
    """What the imports of a module become, and the lines that need Airflow."""
    found = served(Module(SourceFile("helpers.py", "helpers", text), airflow=True), wanted)
    return [rewrite.text for rewrite in found.rewrites], set(found.unserved)


SERVED = [
    (
        "from airflow.exceptions import AirflowSkipException as Skip\ndef f():\n    raise Skip\n",
        "AirflowSkipException as Skip",
    ),
    ("from airflow.models import Variable\ndef f():\n    return Variable.get('a')\n", "standins import Variable"),
    ("def f():\n    from airflow.models import Variable\n    return Variable.get('a')\n", "standins import Variable"),
    ("from airflow.hooks.base import BaseHook\nclass H(BaseHook):\n    pass\n", "standins import BaseHook"),
    ("from airflow.sdk import Connection\ndef f(c: Connection | None): ...\n", "standins import Connection"),
    ("from airflow.utils.context import Context\ndef f() -> Context: ...\n", "AirflowContext as Context"),
    ("from airflow.utils import timezone\ndef f():\n    return timezone.utcnow()\n", "from @compat import timezone"),
    ("from airflow.models import BaseOperator\ndef f(): ...\n", ""),
]


@pytest.mark.parametrize(("text", "becomes"), SERVED, ids=range(len(SERVED)))
def test_served(text: str, becomes: str) -> None:
    rewrites, unserved = survey(text)
    assert becomes in rewrites[0]
    assert unserved == set()


UNSERVED = [
    ("from airflow.models import Variable\nA = Variable.get('a')\n", 2),
    ("from airflow.models import Variable\ndef f(a=Variable.get('a')): ...\n", 2),
    ("from airflow.models import Variable\ndef f():\n    Variable.set('a', 1)\n", 3),
    ("from airflow.models import Variable\ndef f():\n    return Variable\n", 3),
    ("from airflow.hooks.base import BaseHook\nclass H(BaseHook):\n    def f(self):\n        self.get_hook('a')\n", 2),
    ("from airflow.models import BaseOperator\nclass O(BaseOperator): ...\n", 1),
    ("if 1: from airflow.sdk import Variable, Context\ndef f(a: Variable, b: Context): ...\n", 1),
    ("import airflow\ndef f():\n    return airflow.DAG('a')\n", 1),
]


@pytest.mark.parametrize(("text", "line"), UNSERVED, ids=range(len(UNSERVED)))
def test_what_needs_airflow_all_the_same(text: str, line: int) -> None:
    """A Variable read when the module is loaded, what stand-ins have not, and anything that is not followed."""
    assert line in survey(text)[1]


def test_a_name_that_others_import_stays() -> None:
    """`from helpers import BaseOperator` must find one, though `helpers` does not use it."""
    text = "from airflow.models import BaseOperator\ndef f(): ...\n"
    assert survey(text, frozenset({"BaseOperator"}))[1] == {1}


def test_who_catches() -> None:
    caught = "try:\n    f()\nexcept (ValueError, exceptions.AirflowException):\n    pass\n"
    assert catches(Module(SourceFile("a.py", "a", caught)))
    assert not catches(Module(SourceFile("a.py", "a", "try:\n    f()\nexcept ValueError:\n    pass\n")))
