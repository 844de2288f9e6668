"""Schedules in words, effort in hours, names of pages, secrets: small pieces, by their values."""

from __future__ import annotations

import datetime as dt

import pytest

from migrator.airflow_model import Schedule
from migrator.dagster_model import DagRecord, TaskRecord
from migrator.report.effort import RATES, Effort, effort, hours_text
from migrator.report.names import pages, slugs
from migrator.report.secrets import MASK, masked, masked_value
from migrator.report.sources import highlighted
from migrator.report.words import cron_in_words, schedule_in_words
from migrator.source import Span


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        ("0 6 * * *", "every day at 06:00"),
        ("*/15 * * * *", "every 15 minutes"),
        ("5 * * * *", "every hour at minute 5"),
        ("0 */4 * * *", "every 4 hours"),
        ("0 6,18 * * *", "every day at 06:00 and 18:00"),
        ("30 4 * * 1", "on Mondays at 04:30"),
        ("0 2 * * 1,4", "on Mondays and Thursdays at 02:00"),
        ("0 22 * * 1-5", "on weekdays at 22:00"),
        ("0 3 * * mon-sat", "Monday to Saturday at 03:00"),
        ("0 9 * * 7", "on Sundays at 09:00"),
        ("0 0 1,15 * *", "on the 1st and 15th of every month at 00:00"),
        ("0 0 2 1 *", "on the 2nd of January at 00:00"),
        ("0 * * * 1-5", "every hour, on weekdays"),
        ("0 0 13 * 5", "0 0 13 * 5"),
        ("0 0 L * *", "0 0 L * *"),
        ("*/30 8-17 * * 1-5", "*/30 8-17 * * 1-5"),
        ("0 0 * * 1#2", "0 0 * * 1#2"),
        ("nonsense", "nonsense"),
    ],
)
def test_crons(cron: str, words: str) -> None:
    assert cron_in_words(cron) == words


def test_schedules() -> None:
    assert schedule_in_words(Schedule("cron", "0 6 * * *", timezone="Asia/Tokyo")) == "every day at 06:00 (Asia/Tokyo)"
    assert schedule_in_words(Schedule("interval", dt.timedelta(days=1))) == "every day"
    assert (
        schedule_in_words(Schedule("interval", dt.timedelta(hours=25, minutes=30)))
        == "every day, 1 hour and 30 minutes"
    )
    assert schedule_in_words(Schedule("none")) == "no schedule"


def test_hours() -> None:
    assert [hours_text(hours) for hours in (0, 0.1, 0.8, 3.6, 4.4, 1234.5)] == [
        "0 h",
        "0.5 h",
        "1 h",
        "3.5 h",
        "4 h",
        "1,234 h",
    ]
    assert all(rate.why and rate.hours > 0 for rate in RATES)
    assert Effort(2, ()).text == "2 h"


def test_the_second_task_of_an_operator_takes_less() -> None:
    place = Span("dag.py", 1)
    kinds = [("a", "x.Pod", "bridged"), ("b", "x.Pod", "bridged"), ("c", "x.Job", "bridged"), ("d", "x.Job", "manual")]
    tasks = tuple(
        TaskRecord(task_id, name.rpartition(".")[2], name, None, fidelity, (), (), (), place)
        for task_id, name, fidelity in kinds
    )
    record = DagRecord("d", "dag.py", place, "3", "plain", "", True, "d", (), tasks)
    counts = {rate.key: number for rate, number in effort(record, 0, [], True).parts}
    assert counts == {"dag": 1, "bridged": 2, "bridged again": 1, "manual": 1}


def test_names_of_pages() -> None:
    found = pages(["a", "A", "a b", "nul", "ü", "x" * 300, "../../up"])
    assert found["a"] == "dags/a.html"
    names = [path.casefold() for path in found.values()]
    assert len(set(names)) == len(names)
    assert all(path.isascii() and ".." not in path and len(path) < 110 for path in found.values())
    assert found["nul"] != "dags/nul.html"
    # The name of one does not depend on what else there is, unless it collides.
    assert slugs(["a b"])["a b"] == slugs(["z", "a b"])["a b"]


@pytest.mark.parametrize(
    "text",
    [
        "password = get_password()", "token: str = ''", 'PASSWORD = os.environ["PASSWORD"]',
        "tokenize = 'words'",         "author = 'Ada'", "key = 'orders'", "secret_name = None",
        "--token={{ conn.x.password }}", "compass = 'north'",
        "https://user@example.com/", "password='{{ var.value.pw }}'",
        'password="<your password>"', "primary_key = 'id'",
        "monkey = 'george'", "sort_keys=True",
    ],
)  # fmt: skip
def test_what_is_no_secret_stays(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("password='hunter2'", "hunter2"), ('"client_secret": "abc-def"', "abc-def"), ("c['api_key'] = 'k12'", "k12"),
        ("redis://:p4ss@host:6379/0", "p4ss"), ("export DB_PASSWORD=hunter2", "hunter2"),
        ("--password=hunter2 x",
        "hunter2"),         ("url='https://hooks.slack.com/services/T000/B000/abcdefgh'", "abcdefgh"),
        ("AUTH_TOKEN: str = 'abc'", "abc"),
        ("h = 'ghp_abcdefghijklmnopqrstuv'", "ghp_abc"), ("jwt 'eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJ'", "eyJzdWIi"),
    ],
)  # fmt: skip
def test_what_looks_like_one_is_masked(text: str, secret: str) -> None:
    assert secret not in masked(text)
    assert MASK in masked(text)


def test_values_of_arguments() -> None:
    assert masked_value("password", "'hunter2'") == f"'{MASK}'"
    assert masked_value("password", "'{{ conn.x.password }}'") == "'{{ conn.x.password }}'"
    assert masked_value("password", "PASSWORD") == "PASSWORD"
    assert masked_value("bash_command", "'echo 1'") == "'echo 1'"


def test_masking_takes_no_time_that_grows_with_the_square() -> None:
    text = "a_token_" * 20_000 + "= 'x'" + "\n" + "-" * 50_000
    assert len(masked(text)) > 200_000


def test_highlighting_keeps_lines_and_escapes() -> None:
    lines = highlighted("x.py", "a = '<b>'\r\n\n'''two\nlines'''\n# &\n")
    assert len(lines) == 5
    assert "&lt;b&gt;" in lines[0]
    assert lines[2].endswith("two</span>")
    assert lines[4] == '<span class="c"># &amp;</span>'
    assert highlighted("x.unknown", "<&>\n") == ("&lt;&amp;&gt;",)
