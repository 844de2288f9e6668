"""The inputs on which the runtime module and Airflow are compared; both sides import this file, so it needs neither."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import decimal
import enum
import math
import uuid
import zoneinfo
from pathlib import Path
from typing import Any

import pendulum

UTC = dt.timezone.utc


class Colour(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 3


class Word(str, enum.Enum):
    HELLO = "hello"


class Plain:
    pass


@dataclasses.dataclass
class Point:
    x: int
    y: Any = None


class OwnSerialiser:
    def __init__(self, value: Any) -> None:
        self.value = value

    def serialize(self) -> dict[str, Any]:
        return {"value": self.value}

    @staticmethod
    def deserialize(data: dict[str, Any], version: int) -> OwnSerialiser:
        return OwnSerialiser(data["value"])

    def __repr__(self) -> str:
        return f"OwnSerialiser({self.value!r})"


Named = collections.namedtuple("Named", "a b")

XCOM_VALUES: dict[str, Any] = {
    "text": "a",
    "empty text": "",
    "unicode": "grün 🌱",
    "surrogate": "\ud800",
    "zero": 0,
    "false": False,
    "int": 7,
    "float": 1.5,
    "float whole": 2.0,
    "float huge": 1e300,
    "none in list": [None],
    "list": [1, [2, [3]]],
    "dict": {"a": {"b": [1]}},
    "empty dict": {},
    "empty list": [],
    "int keys": {1: "a", 2: {3: "b"}},
    "float keys": {1.5: "a"},
    "bool keys": {True: "a", False: "b"},
    "none key": {None: "a"},
    "tuple keys": {(1, 2): "a"},
    "date keys": {dt.date(2024, 1, 2): "a"},
    "tuple": (1, 2),
    "empty tuple": (),
    "tuple in tuple": (1, (2, 3)),
    "tuple in list": [(1, 2)],
    "tuple in dict": {"a": (1, (2,))},
    "list in tuple": ([1], {"a": (2,)}),
    "set": {1},
    "set in dict": {"a": {1}},
    "frozenset": frozenset({1}),
    "tuple in set": {(1, 2)},
    "named tuple": Named(1, (2,)),
    "named tuple in list": [Named(1, 2)],
    "decimal": decimal.Decimal("1.10"),
    "decimal whole": decimal.Decimal("100"),
    "decimal exponent": decimal.Decimal("1E+3"),
    "decimal long": decimal.Decimal("0.12345678901234567890"),
    "decimal nan": decimal.Decimal("NaN"),
    "decimal in list": [decimal.Decimal("2.50")],
    "datetime naive": dt.datetime(2024, 1, 2, 3, 4, 5, 678901),
    "datetime utc": dt.datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC),
    "datetime zoneinfo": dt.datetime(2024, 7, 2, 3, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin")),
    "datetime zoneinfo fold": dt.datetime(2024, 10, 27, 2, 30, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"), fold=1),
    "datetime offset": dt.datetime(2024, 7, 2, 3, tzinfo=dt.timezone(dt.timedelta(hours=2))),
    "pendulum utc": pendulum.datetime(2024, 1, 2, 3, 4, 5),
    "pendulum zone": pendulum.datetime(2024, 7, 2, tz="Asia/Tokyo"),
    "pendulum naive": pendulum.naive(2024, 1, 2),
    "pendulum date": pendulum.date(2024, 1, 2),
    "pendulum duration": pendulum.duration(days=2, hours=1),
    "date": dt.date(2024, 1, 2),
    "time": dt.time(1, 2),
    "timedelta": dt.timedelta(days=1, seconds=2, microseconds=3),
    "timedelta whole": dt.timedelta(days=1),
    "dates in dict": {"a": [dt.date(2024, 1, 2), dt.datetime(2024, 1, 2, tzinfo=UTC)]},
    "zoneinfo": zoneinfo.ZoneInfo("Europe/Paris"),
    "pendulum timezone": pendulum.timezone("Europe/Paris"),
    "uuid": uuid.UUID(int=1),
    "path": Path("/tmp/x"),
    "bytes": b"ab",
    "bytearray": bytearray(b"ab"),
    "complex": 1j,
    "range": range(3),
    "generator": (i for i in range(3)),
    "function": len,
    "class": Plain,
    "nan": math.nan,
    "infinity": math.inf,
    "nan in dict": {"a": math.nan},
    "2**53+1": 2**53 + 1,
    "2**63-1": 2**63 - 1,
    "2**63": 2**63,
    "2**64-1": 2**64 - 1,
    "2**64": 2**64,
    "2**70": 2**70,
    "-2**63": -(2**63),
    "-2**63-1": -(2**63) - 1,
    "big in list": [2**70],
    "enum": Colour.RED,
    "int enum": Level.HIGH,
    "str enum": Word.HELLO,
    "int enum in dict": {"a": Level.HIGH},
    "enum key": {Word.HELLO: 1},
    "ordered dict": collections.OrderedDict(b=1, a=2),
    "default dict": collections.defaultdict(list, a=[1]),
    "counter": collections.Counter("aab"),
    "deque": collections.deque([1]),
    "plain object": Plain(),
    "dataclass": Point(1, (2,)),
    "dataclass in list": [Point(1)],
    "own serialiser": OwnSerialiser((1, 2)),
    "reserved key": {"__classname__": "x"},
    "reserved id": {"__id__": "x"},
    "reserved nested": {"a": {"__classname__": "x"}},
    "version key": {"__version__": 1},
    "old type": {"__type": "dict", "__var": {"a": 1}},
}

TEMPLATES: dict[str, Any] = {
    text: text
    for text in (
        "{{ ds }}",
        "{{ ds_nodash }}",
        "{{ ts }}",
        "{{ ts_nodash }}",
        "{{ ts_nodash_with_tz }}",
        "{{ logical_date }}",
        "{{ logical_date.isoformat() }}",
        "{{ logical_date.to_date_string() }}",
        "{{ logical_date.strftime('%Y/%m/%d') }}",
        "{{ logical_date.add(days=1).subtract(hours=2) }}",
        "{{ logical_date.in_timezone('America/New_York') }}",
        "{{ logical_date.int_timestamp }}",
        "{{ logical_date - macros.timedelta(days=1) }}",
        "{{ (logical_date + macros.timedelta(hours=3)).strftime('%H') }}",
        "{{ logical_date.day_of_week }}",
        "{{ data_interval_start }}",
        "{{ data_interval_end }}",
        "{{ data_interval_end - data_interval_start }}",
        "{{ data_interval_start | ds }}",
        "{{ data_interval_end | ds_nodash }}",
        "{{ data_interval_end | ts }}",
        "{{ data_interval_end | ts_nodash }}",
        "{{ data_interval_end | ts_nodash_with_tz }}",
        "{{ ds | ds_nodash }}",
        "{{ none | ds }}",
        "{{ execution_date }}",
        "{{ next_execution_date }}",
        "{{ next_ds }} {{ next_ds_nodash }}",
        "{{ prev_execution_date }}",
        "{{ prev_ds }} {{ prev_ds_nodash }}",
        "{{ yesterday_ds }} {{ yesterday_ds_nodash }}",
        "{{ tomorrow_ds }} {{ tomorrow_ds_nodash }}",
        "{{ prev_data_interval_start_success }}",
        "{{ prev_data_interval_end_success }}",
        "{{ prev_start_date_success }}",
        "{{ prev_execution_date_success }}",
        "{{ run_id }}",
        "{{ dag_run.run_id }}",
        "{{ dag_run.conf }}",
        "{{ dag_run.conf.get('c', 'none') }}",
        "{{ dag_run.conf['absent'] }}",
        "{{ dag_run.run_type }}",
        "{{ dag_run.run_type == 'scheduled' }}",
        "{{ dag_run.logical_date }}",
        "{{ dag_run.execution_date }}",
        "{{ dag_run.run_after }}",
        "{{ dag_run.data_interval_start | ds }}",
        "{{ dag_run.external_trigger }}",
        "{{ dag_run.dag_id }}",
        "{{ dag_run.absent }}",
        "{{ dag.dag_id }}",
        "{{ dag.owner }}",
        "{{ dag.timezone }}",
        "{{ dag.timezone.name }}",
        "{{ dag.start_date }}",
        "{{ dag.description }}",
        "{{ dag.tags | list }}",
        "{{ dag.catchup }}",
        "{{ dag.params.p }}",
        "{{ dag }}",
        "{{ task.task_id }}",
        "{{ task.owner }}",
        "{{ task.retries }}",
        "{{ task.dag_id }}",
        "{{ task.params.p }}",
        "{{ ti.task_id }} {{ ti.dag_id }} {{ ti.run_id == run_id }}",
        "{{ ti.try_number }}",
        "{{ ti.max_tries }}",
        "{{ ti.map_index }}",
        "{{ ti.absent }}",
        "{{ task_instance.task_id }}",
        "{{ task_instance_key_str }}",
        "{{ params.p }}",
        "{{ params['n'] + 1 }}",
        "{{ params }}",
        "{{ params.absent }}",
        "{{ params.get('absent', 'default') }}",
        "{{ macros.ds_add(ds, -7) }}",
        "{{ macros.ds_add(ds, 0) }}",
        "{{ macros.ds_format(ds, '%Y-%m-%d', '%d.%m.%y') }}",
        "{{ macros.datetime(2024, 1, 2) }}",
        "{{ macros.datetime.strptime(ds, '%Y-%m-%d') }}",
        "{{ macros.timedelta(days=2) }}",
        "{{ macros.json.dumps({'a': 1}) }}",
        "{{ macros.dateutil.parser.parse(ds) }}",
        "{{ macros.uuid.UUID(int=1) }}",
        "{{ macros.yaml.safe_load('a: 1') }}",
        "{{ macros.random() < 1 }}",
        "{{ macros.time.strftime('%Y', macros.time.gmtime(0)) }}",
        "{{ macros.hive }}",
        "{{ var.value.word }}",
        "{{ var.value.absent }}",
        "{{ var.value.get('absent', 'default') }}",
        "{{ var.value.get('word') }}",
        "{{ var.json.settings.limits.low }}",
        "{{ var.json.settings['names'] | join(',') }}",
        "{{ var.json.get('absent', {'a': 1}) }}",
        "{{ var.json.word }}",
        "{{ conn.warehouse.host }}:{{ conn.warehouse.port }}/{{ conn.warehouse.schema }}",
        "{{ conn.warehouse.login }} {{ conn.warehouse.password }} {{ conn.warehouse.conn_type }}",
        "{{ conn.warehouse.extra_dejson.mode }}",
        "{{ conn.warehouse.get_uri() }}",
        "{{ conn.get('absent', 'default') }}",
        "{{ conn.absent.host }}",
        "{{ ti.xcom_pull(task_ids='source') }}",
        "{{ ti.xcom_pull('source')['rows'] | sum }}",
        "{{ ti.xcom_pull(task_ids='source', key='extra') }}",
        "{{ ti.xcom_pull(task_ids='source', key='absent') }}",
        "{{ ti.xcom_pull(task_ids=['source', 'other']) }}",
        "{{ ti.xcom_pull(task_ids=['source', 'nothing', 'other'], key='return_value') }}",
        "{{ ti.xcom_pull(task_ids='nothing') }}",
        "{{ ti.xcom_pull(task_ids='nothing', default=5) }}",
        "{{ ti.xcom_pull(task_ids='many') }} {{ ti.xcom_pull(task_ids='many', key='a') }}",
        "{{ shout(ds) }}",
        "{{ GREETING }}",
        "{{ 'abc' | backwards }}",
        "{{ ds | upper | default('x') }}",
        "{{ absent }}",
        "{{ absent.attribute }}",
        "{{ absent | default('x') }}",
        "{% if absent is defined %}a{% else %}b{% endif %}",
        "{% if params.n > 2 %}big{% else %}small{% endif %}",
        "{% for i in range(3) %}{{ i }},{% endfor %}",
        "{% set x = ds %}{{ x }}",
        "{% do params.keys() %}done",
        "{# a comment #}text",
        "{% raw %}{{ ds }}{% endraw %}",
        "{{ ds }}\n",
        "{{ ds }}\n\n",
        "\n  {% if true %}\n  x\n  {% endif %}\n",
        "no template",
        "",
        "{{ ''.__class__ }}",
        "{{ params._private }}",
        "{{ ds",
        "{% bad %}",
        "{{ 1 / 0 }}",
        "{{ none }}",
        "{{ [1, 'a', none] }}",
        "{{ conf.get('core', 'dags_folder') is string }}",
        "{{ test_mode }}",
        "{{ inlets }} {{ outlets }}",
        "{{ templates_dict }}",
        "{{ map_index_template }}",
        "{{ expanded_ti_count }}",
        "{{ partition_key }}",
        "{{ latest_date }}",
        "{{ self }}",
        "{{ dict(a=ds) }}",
        "{{ namespace(a=1).a }}",
        "{{ cycler('a').next() }}",
        "{{ ds ~ '_' ~ dag.dag_id }}",
        "{{ '%s-%s' | format(ds, 1) }}",
        "{{ execution_date.strftime('%Y') if execution_date else '' }}",
        "{{ macros.datetime_diff_for_humans(macros.datetime(2020, 1, 1), logical_date.replace(year=2021)) }}",
    )
} | {
    "nested list": ["{{ ds }}", ["{{ params.p }}", 1, None]],
    "nested dict": {"{{ ds }}": "{{ ds }}", "a": {"b": ["{{ params.n }}"]}},
    "tuple": ("{{ ds }}", ("{{ ds }}", 2)),
    "named tuple": Named("{{ ds }}", 1),
    "set": {"{{ ds }}"},
    "number": 5,
    "date": dt.date(2024, 1, 2),
    "path": Path("{{ ds }}"),
}

NATIVE: tuple[Any, ...] = (
    "{{ params.n }}",
    "{{ params }}",
    "{{ ds }}",
    "{{ ds_nodash }}",
    "{{ [1, 2] }}",
    "{{ none }}",
    "{{ true }}",
    "a{{ 1 }}",
    "{{ 1 }}{{ 2 }}",
    "[{{ 1 }}, {{ 2 }}]",
    "{{ logical_date }}",
    "{{ ti.xcom_pull('source') }}",
    "{'a': {{ params.n }}}",
    "text",
    "5",
    "007",
    "",
    "{{ absent }}",
    "{{ ''.__class__.__name__ }}",
)

BASH: list[dict[str, Any]] = [
    {"bash_command": "echo a; echo b"},
    {"bash_command": "echo a; echo err >&2"},
    {"bash_command": "echo err >&2; echo a"},
    {"bash_command": "printf 'x\\n\\n'"},
    {"bash_command": "printf '  sp  '"},
    {"bash_command": "printf 'no newline'"},
    {"bash_command": "true"},
    {"bash_command": "exit 99"},
    {"bash_command": "echo x; exit 99"},
    {"bash_command": "exit 1"},
    {"bash_command": "exit 99", "skip_on_exit_code": None},
    {"bash_command": "exit 100", "skip_on_exit_code": [100, 101]},
    {"bash_command": "exit 101", "skip_on_exit_code": 101},
    {"bash_command": "true", "skip_on_exit_code": 0},
    {"bash_command": "echo $FOO-$HOMEX", "env": {"FOO": "1"}},
    {"bash_command": "echo ${HOME:+home}", "env": {"FOO": "1"}},
    {"bash_command": "echo ${HOME:+home}", "env": {}},
    {"bash_command": "echo ${HOME:+home}$FOO", "env": {"FOO": "1"}, "append_env": True},
    {"bash_command": "echo ${HOME:+home}"},
    {"bash_command": "pwd", "cwd": "/tmp"},
    {"bash_command": "pwd", "cwd": "/nowhere/at/all"},
    {"bash_command": "basename $PWD | cut -c1-10"},
    {"bash_command": "touch here; ls"},
    {"bash_command": "false; echo ok"},
    {"bash_command": "set -e; false; echo ok"},
    {"bash_command": "false | true; echo $?"},
    {"bash_command": "set -o pipefail; false | true"},
    {"bash_command": "kill -9 $$"},
    {"bash_command": "kill -TERM $$"},
    {"bash_command": "printf 'a\\tb\\r\\n'"},
    {"bash_command": "printf '\\xff\\xfe'"},
    {"bash_command": "printf '\\xe9'", "output_encoding": "latin-1"},
    {"bash_command": "yes | head -1"},
    {"bash_command": "not_a_command_at_all"},
    {"bash_command": "[[ a == a ]] && echo double"},
    {"bash_command": "echo ${BASH_VERSION:+bash}"},
    {"bash_command": "sleep 0 & wait; echo done"},
    {"bash_command": 'read x; echo "[$x]"', "stdin": True},
    {"bash_command": "env | grep ^AIRFLOW_CTX_DAG | sort | tr '\\n' ' '", "env": {}},
    {"bash_command": "echo $AIRFLOW_CTX_TASK_ID $AIRFLOW_CTX_TRY_NUMBER $AIRFLOW_CTX_DAG_RUN_ID"},
    {"bash_command": "echo $AIRFLOW_CTX_EXECUTION_DATE/$AIRFLOW_CTX_LOGICAL_DATE"},
    {"bash_command": ""},
]

CONNECTIONS: list[str] = [
    "postgresql://u%40x:p%2Fw@h.com:5432/db?sslmode=require&a=b",
    "postgres://h/db",
    "postgres://u@h",
    "postgres://:pw@h",
    "postgres://u:@h",
    "mysql://u:p@H.Upper.com/sch%20ema",
    "http://https%3A%2F%2Fapi.x.com:8080/path",
    "http://https://api.x.com:8080/path",
    "http://api.x.com/https",
    "https://api.x.com",
    "http://u:p@https://api.x.com",
    "http://a://b://c",
    "aws://AKI:sec@/?region_name=us-east-1",
    "aws://?region_name=us-east-1",
    "aws://",
    "s3://?__extra__=%7B%22a%22%3A+%7B%22b%22%3A+1%7D%7D",
    "ssh://u@h:22",
    "http://h/p?x=",
    "http://h/p?x=1&x=2",
    "generic://:pw@h",
    "my-type://h",
    "google-cloud-platform://?extra__google_cloud_platform__project=p",
    "sqlite:///relative.db",
    "sqlite:////absolute/path.db",
    "sqlite://%2Fabsolute%2Fpath.db",
    "sqlite://",
    "fs:///?path=/data",
    "fs://%2Fdata",
    "spark://local%5B*%5D",
    "spark://yarn?queue=q",
    "mongo://u:p@h1%2Ch2/db",
    "ftp://u:p%3Aq%23r@h/%2Froot",
    "http://[::1]:80/x",
    "UPPER://Host/Schema",
    "postgres://h/a/b",
    "postgres://h/db?options=-c%20x%3D1",
    "http://h:notaport/x",
    "h",
    "//h",
    '{"conn_type": "google-cloud-platform", "extra": {"k": 1}, "port": "99", "login": "l"}',
    '{"conn_type": "postgresql", "host": "H", "port": 5, "schema": "s", "password": "p", "description": "d"}',
    '{"conn_type": "http", "host": "h", "extra": "{\\"a\\": 1}"}',
    '{"conn_type": "http", "host": "h", "extra": "not json"}',
    '{"conn_type": "http", "port": "x"}',
    '{"host": "h"}',
    '{"conn_type": "http", "extra": null, "port": null}',
    '{"conn_type": "http", "surprise": 1}',
    ' {"conn_type": "http", "host": "h"}',
    "{not json",
]

VARIABLES: dict[str, str] = {
    "text": "value",
    "empty": "",
    "number": "5",
    "object": '{"a": [1, null]}',
    "list": "[1, 2]",
    "quoted": '"text"',
    "broken": "{",
    "Mixed_Case": "mixed",
    "spaces": "  x ",
}

BACKOFF: list[dict[str, Any]] = [
    {"delay": delay, "try_number": n, "multiplier": multiplier, "most": most, "date": date}
    for delay in (0, 0.3, 1, 60, 300, 40000)
    for n in (1, 2, 3, 5, 9, 40)
    for multiplier in (2.0, 1.5)
    for most in (None, 90)
    for date in ("2024-03-04T06:00:00+00:00", "2024-03-04T06:00:00.123456+00:00")
]

POKES: list[dict[str, Any]] = [
    {"poke_interval": interval, "count": n, "timeout": timeout, "max_wait": most}
    for interval in (1, 5, 60, 0.5)
    for n in (1, 2, 3, 6, 12)
    for timeout in (604800, 100)
    for most in (None, 30)
]
