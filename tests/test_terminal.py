"""Findings as text, tables, silencing comments: what a person reads."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from migrator import migrate
from migrator.counting import Choice, by_severity, fails, most_frequent
from migrator.findings import Finding
from migrator.naming import nearest, package_fault
from migrator.outcome import conclude, finding_record
from migrator.silence import Silencers, comments
from migrator.source import SourceFile, Span
from migrator.summary import summary_text
from migrator.terminal import Column, Sources, Style, findings_text, grouped, plural, table, visible

TEXT = """\
from airflow import DAG
with DAG("a") as dag:
    BashOperator(task_id="x", bash_command="echo", pool="few", queue="slow")
    BashOperator(task_id="größe", bash_command="echo", pool="few")
"""


def shown(*findings: Finding, text: str = TEXT, style: Style | None = None, everything: bool = False) -> list[str]:
    sources = Sources(Path("nowhere"), {"dag.py": text})
    return list(findings_text(findings, sources, style or Style(), everything=everything))


def span(line: int, word: str, text: str = TEXT) -> Span:
    column = text.splitlines()[line - 1].index(word)
    return Span("dag.py", line, column, line, column + len(word))


def test_a_finding_is_a_line_its_source_and_a_caret() -> None:
    assert shown(Finding("A2D303", "`queue` is not kept", span(3, 'queue="slow"'), help="Use a tag.")) == [
        "dag.py:3:64: warning A2D303 [argument-unsupported] `queue` is not kept",
        '      3 | BashOperator(task_id="x", bash_command="echo", pool="few", queue="slow")',
        "        |                                                            ^^^^^^^^^^^^",
        "      help: Use a tag.",
    ]


def test_a_finding_about_a_whole_file_or_nothing_has_no_excerpt() -> None:
    assert shown(Finding("A2D001", "invalid syntax", Span("dag.py", 1))) == [
        "dag.py:1:1: error A2D001 [syntax-error] invalid syntax"
    ]
    assert shown(Finding("A2D603", "no space")) == ["error A2D603 [output-not-writable] no space"]


def test_related_places() -> None:
    twice = Finding("A2D404", "task_id 'x' twice", span(4, "BashOperator"), (("the first", span(3, "BashOperator")),))
    assert shown(twice)[-1] == "      note: the first: dag.py:3:5"


def test_a_span_of_several_lines_is_marked_to_the_end_of_its_first() -> None:
    finding = Finding("A2D201", "no rule", Span("dag.py", 2, 0, 4, 3))
    assert shown(finding)[1:] == ['      2 | with DAG("a") as dag:', "        | " + "^" * 21]


def test_many_alike_are_shown_once() -> None:
    findings = [Finding("A2D303", "`pool` is lost", Span(f"{name}.py", 1)) for name in "abcdefg"]
    assert shown(*findings) == [
        "a.py:1:1: warning A2D303 [argument-unsupported] `pool` is lost",
        "      7 in all: also b.py:1:1, c.py:1:1, d.py:1:1 and 3 more",
    ]
    assert len(shown(*findings, everything=True)) == 7


def test_one_place_met_many_times_is_shown_once() -> None:
    findings = [Finding("A2D201", f"{name} is bridged", span(3, "BashOperator")) for name in "abc"]
    lines = shown(*findings)
    assert lines[0].endswith("a is bridged")
    assert lines[-1] == "      3 in all: also 2 more at this place"


def test_groups_keep_every_finding() -> None:
    findings = [Finding("A2D303", m, Span("a.py", n)) for m in ("one", "two") for n in (1, 2, 2)]
    findings += [Finding("A2D303", "three", Span("a.py", 1)), Finding("A2D303", "four")]
    groups = grouped(findings)
    assert sorted(map(id, findings)) == sorted(id(f) for group in groups for f in group)


def test_errors_come_first() -> None:
    lines = shown(Finding("A2D303", "b", Span("a.py", 1)), Finding("A2D001", "a", Span("z.py", 1)))
    assert [line.split()[1] for line in lines] == ["error", "warning"]


def test_carets_stand_under_wide_and_control_characters() -> None:
    text = 'x = "漢字\x1b[31m"; pool = 1\n'
    lines = shown(Finding("A2D303", "m", span(1, "pool", text)), text=text)
    assert lines[1] == '      1 | x = "漢字\\x1b[31m"; pool = 1'
    assert lines[2] == "        | " + " " * 20 + "^^^^"


def test_tabs_do_not_move_carets() -> None:
    text = "if True:\n\tx = f(\tpool)\n"
    lines = shown(Finding("A2D303", "m", span(2, "pool", text)), text=text)
    assert lines[1].index("pool") == lines[2].index("^^^^")


def test_lines_are_counted_as_python_counts_them() -> None:
    text = "a = '\x0c \u2028'\nb = 2\n"
    assert shown(Finding("A2D303", "m", Span("dag.py", 2, 0, 2, 1)), text=text)[1].endswith("b = 2")


def test_long_lines_are_cut_around_the_place() -> None:
    text = f"x = [{'1, ' * 400}bad, {'2, ' * 400}]\n"
    lines = shown(Finding("A2D303", "m", span(1, "bad", text)), text=text, style=Style(width=100))
    assert all(len(line) <= 100 for line in lines[1:])
    assert lines[1].index("bad") == lines[2].index("^^^")


@pytest.mark.parametrize(
    "place", [Span("dag.py", 99, 0, 99, 4), Span("dag.py", 3, 900, 3, 901), Span("gone.py", 1, 0, 1, 1)]
)
def test_a_place_that_is_not_there_does_no_harm(place: Span) -> None:
    assert shown(Finding("A2D303", "m", place))


def test_source_is_read_from_disk_where_it_was_not_kept(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = (\n")
    lines = list(findings_text([Finding("A2D001", "m", Span("a.py", 1, 4, 1, 5))], Sources(tmp_path), Style()))
    assert lines[0].startswith(f"{(tmp_path / 'a.py').as_posix()}:1:5: error")
    assert lines[1] == "      1 | x = ("


def test_messages_cannot_write_to_the_terminal() -> None:
    (line,) = shown(Finding("A2D303", "a\x1b[2Jb\nc", Span("d\x1b.py", 1)))
    assert line == "d\\x1b.py:1:1: warning A2D303 [argument-unsupported] a\\x1b[2Jb c"
    assert visible("ä漢\u200b\x9b") == "ä漢\\u200b\\x9b"


def test_colour_only_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    finding = Finding("A2D303", "m", span(3, "pool"))
    assert "\x1b" not in "".join(shown(finding))
    assert "\x1b" in "".join(shown(finding, style=Style(True, 100)))
    assert Style.of(io.StringIO()) == Style()

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert Style.of(Terminal()).colour
    monkeypatch.setenv("NO_COLOR", "1")
    assert not Style.of(Terminal()).colour


def test_tables_fit_a_terminal_and_are_whole_elsewhere() -> None:
    columns = (Column("Name", elastic=True), Column("Tasks", right=True))
    rows = [("a" * 60, "7"), ("漢字", "1234")]
    whole = list(table(columns, rows, Style()))
    assert whole[1] == "a" * 60 + "      7"
    assert all(len(line) <= 40 for line in table(columns, rows, Style(width=40)))
    assert list(table(columns, [], Style())) == ["Name  Tasks"]


def test_plural() -> None:
    assert (plural(1, "task"), plural(0, "task"), plural(1200, "DAG")) == ("1 task", "0 tasks", "1,200 DAGs")


# --- silencers -----------------------------------------------------------------------------------------------------


def silence(text: str, *findings: Finding) -> tuple[list[str], list[Finding]]:
    silencers = Silencers.of([SourceFile("dag.py", "dag", text)])
    kept = silencers.keep(findings)
    return [f.code for f in kept], list(silencers.unused())


def test_a_comment_silences_its_own_line_and_code_only() -> None:
    text = "a()  # migrate: ignore[A2D301]\na()\n"
    findings = [Finding("A2D301", "m", Span("dag.py", n)) for n in (1, 2)]
    findings += [
        Finding("A2D302", "m", Span("dag.py", 1)),
        Finding("A2D301", "m", Span("b.py", 1)),
        Finding("A2D301", "m"),
    ]
    assert silence(text, *findings) == (["A2D301", "A2D302", "A2D301", "A2D301"], [])


def test_several_codes_and_other_remarks_in_one_comment() -> None:
    text = "a()  # noqa # migrate: ignore[A2D301, a2d302] because\n"
    findings = [Finding(code, "m", Span("dag.py", 1)) for code in ("A2D301", "A2D302")]
    assert silence(text, *findings) == ([], [])


def test_a_silencer_that_silences_nothing_is_a_finding() -> None:
    text = "x = 1\na()  # migrate: ignore[A2D301,A2D999]\nb()  # migrate: ignore\n"
    kept, unused = silence(text)
    assert kept == []
    assert [(f.code, str(f.span), f.message) for f in unused] == [
        ("A2D607", "dag.py:2:6", "There is no A2D301 on this line to silence"),
        ("A2D607", "dag.py:2:6", "A2D999 is not a code of migrate"),
        ("A2D607", "dag.py:3:6", "This comment names no code, so it silences nothing"),
    ]


def test_strings_are_no_comments() -> None:
    text = 'x = "# migrate: ignore[A2D301]"\ny = """\n# migrate: ignore[A2D301]\n"""\n'
    assert list(comments(SourceFile("dag.py", "dag", text))) == []


@pytest.mark.parametrize(
    "text",
    [
        "x = (  # migrate: ignore[A2D301]\n",
        "x = '''  # migrate: ignore[A2D301]\n",
        "if x:\n  y\n z  # migrate: ignore[A2D301]\n",
    ],
)
def test_a_file_that_cannot_be_tokenized_has_none(text: str) -> None:
    assert list(comments(SourceFile("dag.py", "dag", text))) == []


# --- counting ------------------------------------------------------------------------------------------------------


def test_what_fails() -> None:
    error, warning, info = (Finding(code, "m") for code in ("A2D001", "A2D301", "A2D302"))
    assert [fails([f], "error") for f in (error, warning, info)] == [True, False, False]
    assert [fails([f], "warning") for f in (error, warning, info)] == [True, True, False]
    assert not fails([error], "never")
    assert by_severity([error, warning, warning]) == {"error": 1, "warning": 2, "info": 0}
    assert most_frequent([error, warning, warning, info]) == [
        ("A2D301", "argument-unread", 2),
        ("A2D001", "syntax-error", 1),
    ]


def test_choosing_findings() -> None:
    findings = [Finding(code, "m") for code in ("A2D001", "A2D301", "A2D302")]
    assert [f.code for f in Choice(("A2D3",), ("A2D302",)).of(findings)] == ["A2D301"]
    assert [f.code for f in Choice().of(findings)] == ["A2D001", "A2D301", "A2D302"]


def test_the_record_of_a_finding() -> None:
    record = finding_record(Finding("A2D301", "m", Span("a.py", 3, 4, 3, 8), (("see", Span("b.py", 1)),), dag_id="d"))
    assert record["help"] == "Check whether the argument changes what the task does."
    del record["help"]
    assert record == {
        "code": "A2D301", "name": "argument-unread", "severity": "warning", "message": "m",
        "file": "a.py", "line": 3, "column": 5, "end_line": 3, "end_column": 9, "dag_id": "d", "task_id": None,
        "related": [{"message": "see", "file": "b.py", "line": 1, "column": 1}],
    }  # fmt: skip


def test_names_meant() -> None:
    assert nearest("bashoperater", ["BashOperator", "PythonOperator"])[0] == "BashOperator"
    assert package_fault("airflow_dags") is None
    assert all(package_fault(name) for name in ("", "a-b", "class", "dagster", "json", "a.b", "größe"))


# --- the summary ---------------------------------------------------------------------------------------------------

SUMMARY_DAGS = """
from airflow.sdk import DAG
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator

for i in range(20):
    with DAG(f"fine_{i}", schedule=None):
        EmptyOperator(task_id="a")
for i in range(14):
    with DAG(f"a_dag_with_a_name_that_is_rather_long_for_a_narrow_window_{i}", schedule=None):
        BashOperator(task_id="a", bash_command="true", executor_config={"a": 1})
"""


def summary_of(tmp_path: Path, style: Style) -> list[str]:
    (tmp_path / "dags.py").write_text(SUMMARY_DAGS)
    outcome = conclude(migrate(tmp_path), None)
    return list(summary_text(outcome, tmp_path, None, style))


def test_the_summary_shows_the_dags_that_need_attention_and_all_together(tmp_path: Path) -> None:
    lines = summary_of(tmp_path, Style())
    assert lines[0].split() == ["DAG", "Tasks", "Exact", "Warnings"]
    assert lines[1].split() == ["a_dag_with_a_name_that_is_rather_long_for_a_narrow_window_0", "1", "1", "1"]
    assert lines[13].split()[:2] == ["22", "more,"]
    assert lines[14].split() == ["All", "34", "34", "34", "14"]
    assert any(line.startswith("A2D303 argument-unsupported") and " 14 " in line for line in lines)
    assert not any("\x1b" in line for line in lines)


@pytest.mark.parametrize("width", [80, 140])
def test_the_summary_fits_the_window(tmp_path: Path, width: int) -> None:
    lines = summary_of(tmp_path, Style(colour=True, width=width))
    plain = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in lines]
    assert any("\x1b" in line for line in lines)
    assert max(len(line) for line in plain if not line.startswith(("Nothing", "  "))) <= width
    assert all(line.split()[-1].isdigit() for line in plain[1:15])


def test_findings_are_grouped_by_code() -> None:
    codes = [("A2D303", 3), ("A2D301", 4), ("A2D303", 4)]
    found = shown(*(Finding(code, f"{code} at {line}", Span("dag.py", line)) for code, line in codes))
    assert [line.split()[2] for line in found] == ["A2D301", "A2D303", "A2D303"]
