"""A project with one of each kind of thing the writer can write."""

from __future__ import annotations

from migrator.dagster_model import (
    AssetCheck,
    Becomes,
    Carried,
    CarriedBody,
    Code,
    ConfigClass,
    ConfigField,
    DagModule,
    EnvVariable,
    Import,
    Input,
    Job,
    LibModule,
    Origin,
    Partitions,
    Project,
    Resource,
    ResourceUse,
    Retry,
    Schedule,
    Sensor,
)
from migrator.findings import Finding
from migrator.source import SourceFile, Span
from migrator.write.runtime import Runtime

from .build import asset, body, carried, dag, dag_record, project, rewrite, source, span_of, task_record

RUNTIME = Runtime(
    compat={
        "__init__": '"""What Airflow did."""\n',
        "xcom": (
            "import pickle\nfrom pathlib import Path\nfrom typing import Any\n\nimport dagster as dg\n\n"
            "from .exceptions import XComNotFound\n\n\n"
            "class XComIOManager(dg.ConfigurableIOManager):\n"
            '    airflow: str = "2"\n\n'
            "    def _path(self, context: Any) -> Path:\n"
            '        return Path("xcom") / "-".join(context.asset_key.path)\n\n'
            "    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:\n"
            "        self._path(context).parent.mkdir(exist_ok=True)\n"
            "        self._path(context).write_bytes(pickle.dumps(obj))\n\n"
            "    def load_input(self, context: dg.InputContext) -> Any:\n"
            "        if not self._path(context).exists():\n"
            "            raise XComNotFound\n"
            "        return pickle.loads(self._path(context).read_bytes())\n"
        ),
        "exceptions": "class XComNotFound(Exception):\n    pass\n",
        "task": (
            "import functools\nfrom collections.abc import Callable\nfrom typing import Any\n\n\n"
            "def airflow_task(**options: Any) -> Callable[[Any], Any]:\n"
            "    def decorate(function: Any) -> Any:\n"
            "        @functools.wraps(function)\n"
            "        def run(*args: Any, **kwargs: Any) -> Any:\n"
            "            return function(*args, **kwargs)\n\n"
            "        return run\n\n"
            "    return decorate\n"
        ),
        "unused": "import pendulum\n",
    },
    resources={
        "base": (
            '"""Shared."""\n\nimport sqlite3\nfrom typing import Any\n\nimport dagster as dg\n\n\n'
            "class Database(dg.ConfigurableResource):\n"
            '    """Any database."""\n\n'
            "    def get_conn(self) -> Any:\n        raise NotImplementedError\n"
        ),
        "sqlite": (
            '"""SQLite."""\n\nimport sqlite3\n\nfrom .base import Database\n\n\n'
            "# One file.\n"
            "class SqliteResource(Database):\n"
            '    """A SQLite database."""\n\n    path: str\n\n'
            "    def get_conn(self) -> sqlite3.Connection:\n        return sqlite3.connect(self.path)\n"
        ),
    },
)

DAILY = source(
    '''\
import datetime
import json
from common.text import shout
import common.numbers

BUCKET = "landing"  # shared with the loader
PREFIX = f"{BUCKET}/raw"
LIMIT = 3


class Row(dict):
    """A row."""


# Used by every task.
def name_of(day):
    """The object's name."""
    from common.text import whisper

    if day is None:
        return whisper(f"{Variable.get('prefix')}/today")
    return f"""{PREFIX}/{day}.json
"""


def extract(ds, ti, **context):
    """Read a day.

    All of it.
    """
    # A missing day is empty.
    rows = [Row(day=ds, at=str(datetime.datetime(2024, 1, 1)))]
    ti.xcom_push("count", len(rows))  # for the check
    if not rows:
        return
    return rows + [{"name": name_of(ds)}]


transform = PythonOperator(task_id="transform", python_callable=lambda rows: [
    json.loads(json.dumps(row)) for row in rows if row
])
''',
    "sales/daily.py",
)
TEXT = SourceFile(
    "common/text.py",
    "common.text",
    '''\
"""Words."""
import os  # kept

import common.numbers
from common import numbers
from common.numbers import ONE


def shout( x ):
    return x.upper() * ONE


def whisper(x):
    return x.lower() * common.numbers.ONE * numbers.ONE
''',
)
NUMBERS = SourceFile("common/numbers.py", "common.numbers", "ONE = 1\n")
MIXED = source(
    """\
from airflow.models import BaseOperator
import math


def area(r):
    # of a circle
    return math.pi * r**2


class Op(BaseOperator):
    pass
""",
    "common/mixed.py",
)
DS = 'ds = context.partition_time_window.start.astimezone(UTC).strftime("%Y-%m-%d")'


def _daily() -> DagModule:
    """Partitioned, with an end, inputs, deps, checks, resources, retries, carried code and a lambda."""

    def top(text: str, name: str, kind: str, *changes: tuple[str, str]) -> Carried:
        return carried(DAILY, text, name, kind, *(rewrite(DAILY, old, new) for old, new in changes))

    parts = DAILY.text.split("\n\n\n")
    function = parts[3].strip("\n")
    items = (
        top("import datetime", "datetime", "import"),
        top("import json", "json", "import"),
        top("from common.text import shout", "shout", "import"),
        top("import common.numbers", "common", "import"),
        top('BUCKET = "landing"  # shared with the loader', "BUCKET", "assign"),
        top('PREFIX = f"{BUCKET}/raw"', "PREFIX", "assign"),
        top("LIMIT = 3", "LIMIT", "assign"),
        top(parts[1], "Row", "class"),
        top(parts[2], "name_of", "function", ("Variable.get('prefix')", 'os.environ["PREFIX"]')),
    )
    own_datetime = Import("datetime", "datetime")
    extract = asset(
        "daily/extract",
        body=body(
            DAILY,
            function,
            rewrite(DAILY, 'ti.xcom_push("count", len(rows))', 'xcom["count"] = len(rows)'),
            preamble=(DS, "now = datetime.now(UTC)"),
            imports=(Import("datetime", "UTC"), own_datetime),
            xcom_dict=True,
        ),
        description="Read a day.\n\nAll of it, with a description that is long enough to need more than one line.\n",
        partitioned=True,
        needs_context=True,
        retry=Retry(2, 1.5),
        owners=("team:sales", "a@example.com"),
        tags=(("tier", "gold"),),
        op_tags=(("dagster/priority", "3"),),
        kinds=("python",),
        metadata=(("airflow/dag_id", "daily"), ("rows", 3), ("nested", {"a": [1, 2.5, None, True]})),
        pool="api",
        code_version="1",
        returns="dict[str, Any]",
    )
    lambda_text = "lambda rows: [\n    json.loads(json.dumps(row)) for row in rows if row\n]"
    transform = asset(
        "daily/transform",
        body=CarriedBody(DAILY, span_of(DAILY, lambda_text), ('rows = extract["return_value"]',)),
        inputs=(Input("extract", ("daily", "extract"), "dict[str, Any]"),),
        partitioned=True,
        resources=(ResourceUse("params", "DailyParams"),),
    )
    load = asset(
        "mart/orders",
        "connection = warehouse.get_conn()\nconnection.close()\nsql = '''\n  SELECT 1\n'''\n"
        "assert sql == '\\n  SELECT 1\\n'\nassert shout('a') == 'A' and common.numbers.ONE == 1",
        function="load-orders",
        group="daily",
        deps=(("daily", "transform"), ("weekly", "wait")),
        resources=(ResourceUse("warehouse", "SqliteResource"),),
        decorators=(Code("airflow_task(retries=1)", (Import("@compat.task", "airflow_task"),)),),
        partitioned=True,
        output_required=False,
        returns="None",
    )
    # Named like a carried function, a builtin, a variable of ours, and a keyword.
    others = tuple(
        asset(f"daily/{name}", "return LIMIT", partitioned=True, returns="int", deps=(("mart", "orders"),))
        for name in ("name_of", "print", "job", "class")
    )
    check = AssetCheck(
        "enough",
        ("mart", "orders"),
        Code("return dg.AssetCheckResult(passed=LIMIT > 1)"),
        Origin("daily", "enough"),
        partitioned=True,
        needs_context=True,
        retry=Retry(1),
        additional_deps=(("daily", "extract"),),
        metadata=(("airflow/task_id", "enough"),),
    )
    hook = Code(
        "dg.success_hook\ndef told(context: dg.HookContext) -> None:\n    context.log.info('done')".replace(
            "dg.success_hook", "@dg.success_hook"
        )
    )
    return dag(
        "daily",
        extract,
        transform,
        load,
        *others,
        imports=(Import("os"),),
        carried=items,
        statements=(hook,),
        partitions=Partitions(
            "0 6 * * *", "2024-01-01T06:00:00+0000", "UTC", end="2024-02-01T06:00:00+0000", end_offset=1
        ),
        checks=(check,),
        job=Job(
            "daily",
            "daily",
            Origin("daily"),
            "Every day.",
            tags=(("airflow/dag_id", "daily"),),
            max_concurrent=4,
            hooks=(Code("told"),),
            max_active_runs=1,
        ),
        schedule=Schedule(
            "daily_schedule",
            "daily",
            ("0 6 * * *",),
            "UTC",
            Origin("daily"),
            partitioned=True,
            end="2024-02-01T06:00:00+0000",
        ),
    )


def _weekly() -> DagModule:
    """Not partitioned: several crons, an end, a sensor, an async function; on another line of Airflow."""
    file = source(
        "async def wait():\n    import asyncio\n    await asyncio.sleep(0)\n    return 1\n", "sales/weekly.py"
    )
    return dag(
        "weekly",
        asset("weekly/wait", body=body(file), returns="int"),
        asset(
            "weekly/after",
            "return wait + area(1) * 0",
            inputs=(Input("wait", ("weekly", "wait"), "int"),),
        ),
        imports=(Import("@lib.common.mixed", "area"),),
        schedule=Schedule(
            "weekly_schedule",
            "weekly",
            ("0 6 * * 1", "30 7 * * 5"),
            "Europe/Berlin",
            Origin("weekly"),
            end="2030-02-01T06:00:00+0000",
        ),
        sensors=(
            Sensor("weekly_once", "weekly", Code('return dg.RunRequest(run_key="once")'), Origin("weekly"), 60),
            Sensor(
                "print",
                "weekly",
                Code("for key in 'ab':\n    yield dg.RunRequest(run_key=key)"),
                Origin("weekly"),
            ),
        ),
    )


def _plain() -> DagModule:
    """A plain schedule; nothing else."""
    return dag(
        "plain",
        asset("plain/only", "pass", returns="None"),
        schedule=Schedule("plain_schedule", "plain", ("@daily",), "UTC", Origin("plain")),
    )


def _broken() -> DagModule:
    file = source("def f():\n    return 1\n", "sales/broken.py")
    return dag("broken", asset("broken/a", "return ]"), asset("broken/b", body=body(file)))


def whole() -> Project:
    """The project, with a DAG in it whose code is broken."""
    warehouse = Resource(
        "warehouse",
        "SqliteResource",
        (("path", Code('dg.EnvVar("WAREHOUSE_PATH")')),),
        "sqlite",
        env=(
            EnvVariable("WAREHOUSE_PATH", "Path of the database.\nAbsolute.", "/data/ware house.db"),
            EnvVariable("WAREHOUSE_PASSWORD", "Password.", "never shown", secret=True, required=False),
        ),
        requirements=("requests>=2",),
    )
    params = ConfigClass(
        "DailyParams",
        "params",
        (
            ConfigField("limit", Code("int"), Code("3"), "How many."),
            ConfigField("names", Code("list[str]"), Code('["a"]')),
        ),
        "Params of DAG `daily`.",
        Origin("daily"),
    )
    pick = (
        carried(MIXED, "import math", "math", "import"),
        carried(MIXED, "def area(r):\n    # of a circle\n    return math.pi * r**2", "area", "function"),
    )
    return project(
        _daily(),
        _weekly(),
        _plain(),
        _broken(),
        resources=(warehouse,),
        config_classes=(params,),
        lib=(
            LibModule("common.text", TEXT, imports=("common.numbers",)),
            LibModule("common.numbers", NUMBERS),
            LibModule("common.mixed", MIXED, pick=pick),
        ),
        files={"templates/query.sql": "SELECT 1\n"},
        env=(EnvVariable("PREFIX", "Airflow Variable `prefix`."),),
        requirements=("pandas",),
        records=(
            dag_record(
                "daily",
                task_record("extract", Becomes("asset", "extract", ("daily", "extract"))),
                task_record("enough", Becomes("asset_check", "enough"), fidelity="manual"),
                task_record("wait", Becomes("absorbed", "wait", ("weekly", "wait"))),
                schedule="daily_schedule",
                partitioned=True,
            ),
            dag_record("weekly", task_record("once", Becomes("sensor", "print")), airflow="3"),
            dag_record("plain"),
            dag_record("broken", task_record("a", Becomes("asset", "a", ("broken", "a")))),
        ),
        findings=(
            Finding("A2D203", "It differs.", Span("sales/daily.py", 40, 0, 40, 3), dag_id="daily", task_id="extract"),
            Finding("A2D302", "Dropped.", Span("sales/daily.py", 2, 0, 2, 3)),
        ),
        xcom=True,
    )
