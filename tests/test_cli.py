"""The `migrate` command: what it prints where, what it returns, what its options do."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import migrator
from migrator.cli import main
from migrator.codes import CODES
from migrator.rules import all_rules, load

DAG = """\
from airflow.sdk import DAG
from airflow.providers.standard.operators.bash import BashOperator

with DAG("nightly", schedule="0 3 * * *"):
    extract = BashOperator(task_id="extract", bash_command="echo 1", retry_exponential_backoff=True, pool="few")
    load = BashOperator(task_id="load", bash_command="echo 2")
    extract >> load
"""
UNKNOWN_OPERATOR = """\
from airflow.sdk import DAG
from airflow.providers.apache.beam.operators.beam import BeamRunPythonPipelineOperator

with DAG("beam", schedule=None, dagrun_timeout=60):
    BeamRunPythonPipelineOperator(task_id="run", py_file="a.py")
"""
BROKEN = "from airflow import DAG\nwith DAG('x'\n"

Result = tuple[int, str, str]


@pytest.fixture
def dags(tmp_path: Path) -> Path:
    folder = tmp_path / "dags"
    folder.mkdir()
    (folder / "nightly.py").write_text(DAG)
    return folder


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    def call(*arguments: object) -> Result:
        capsys.readouterr()
        code = main([str(a) for a in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


# --- the conversion ------------------------------------------------------------------------------------------------


def test_a_conversion_writes_a_project_and_says_so(run: Any, dags: Path, tmp_path: Path) -> None:
    out = tmp_path / "defs"
    code, text, errors = run(dags, "--out", out)
    assert (code, errors) == (0, "")
    assert {"pyproject.toml", "migration.json", "airflow_dags/defs/nightly/assets.py"} <= files(out).keys()
    assert "1 file, 1 DAG, 2 tasks: " in text
    assert re.search(rf"\d+ files written to {re.escape(str(out))}", text)
    assert f"cd {out}" in text


def test_without_out_nothing_is_written(run: Any, dags: Path, tmp_path: Path) -> None:
    before = files(tmp_path)
    code, text, _ = run(dags)
    assert code == 0
    assert "trial run" in text
    assert files(tmp_path) == before


def test_a_second_run_changes_nothing(run: Any, dags: Path, tmp_path: Path) -> None:
    out = tmp_path / "defs"
    run(dags, "--out", out)
    before = files(out)
    code, text, _ = run(dags, "--out", out)
    assert code == 0
    assert "0 files written" in text
    assert files(out) == before


def test_out_inside_the_folder_is_not_read_again(run: Any, dags: Path) -> None:
    run(dags, "--out", dags / "defs")
    first = files(dags / "defs")
    code, _, _ = run(dags, "--out", dags / "defs")
    assert code == 0
    assert files(dags / "defs") == first


def test_check_writes_nothing_and_tells(run: Any, dags: Path, tmp_path: Path) -> None:
    out = tmp_path / "defs"
    code, text, _ = run(dags, "--out", out, "--check")
    assert code == 1
    assert "pyproject.toml would be written" in text
    assert not out.exists()
    run(dags, "--out", out)
    assert run(dags, "--out", out, "--check")[0] == 0
    (dags / "nightly.py").write_text(DAG.replace("echo 2", "echo 3"))
    before = files(out)
    code, text, _ = run(dags, "--out", out, "--check", "--format", "json")
    assert code == 1
    assert {"path": "airflow_dags/defs/nightly/assets.py", "kind": "changed"} in json.loads(text)["output"][
        "differences"
    ]
    assert files(out) == before


def test_check_needs_out(run: Any, dags: Path) -> None:
    code, text, errors = run(dags, "--check")
    assert (code, text) == (2, "")
    assert "--check needs --out" in errors


def test_an_edited_file_is_merged_or_kept(run: Any, dags: Path, tmp_path: Path) -> None:
    out = tmp_path / "defs"
    run(dags, "--out", out)
    assets = out / "airflow_dags/defs/nightly/assets.py"
    assets.write_text(assets.read_text() + "\nMINE = 1\n")
    (dags / "nightly.py").write_text(DAG.replace("echo 2", "echo 3"))
    code, text, _ = run(dags, "--out", out, "--check")
    assert code == 1
    assert "assets.py was edited; what is new would be merged into it" in text
    code, text, _ = run(dags, "--out", out, "--verbose")
    assert code == 0
    assert "A2D608" in text
    assert "1 merged with edits" in text
    assert "MINE" in assets.read_text()
    assert "echo 3" in assets.read_text()
    assets.write_text(assets.read_text().replace("echo 3", "echo mine"))
    (dags / "nightly.py").write_text(DAG.replace("echo 2", "echo 4"))
    code, text, _ = run(dags, "--out", out)
    assert code == 0
    assert "A2D604" in text
    assert "1 edited and kept, 1 of them in conflict" in text
    assert "echo mine" in assets.read_text()
    assert "echo 4" in assets.with_name("assets.py.conflict").read_text()
    assert run(dags, "--out", out, "--check")[0] == 1


def test_package_names_the_package(run: Any, dags: Path, tmp_path: Path) -> None:
    run(dags, "--out", tmp_path / "defs", "--package", "nightly_jobs")
    assert (tmp_path / "defs/nightly_jobs/definitions.py").is_file()


@pytest.mark.parametrize("name", ["a-b", "class", "dagster", "json", "1a", ""])
def test_package_must_be_a_name_that_is_free(run: Any, dags: Path, name: str) -> None:
    code, _, errors = run(dags, "--package", name)
    assert code == 2
    assert "--package" in errors


def test_connections_configure_resources(run: Any, tmp_path: Path) -> None:
    dag = tmp_path / "mart.py"
    dag.write_text(
        "from airflow.sdk import DAG\n"
        "from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator\n"
        'with DAG("mart", schedule=None):\n'
        '    SQLExecuteQueryOperator(task_id="make", conn_id="warehouse", sql="SELECT 1")\n'
    )
    exported = tmp_path / "connections.json"
    exported.write_text(json.dumps({"warehouse": {"conn_type": "postgres", "host": "db", "password": "hunter2"}}))
    code, text, _ = run(dag, "--out", tmp_path / "defs", "--connections", exported)
    assert code == 0
    written = files(tmp_path / "defs")
    assert b"PostgresResource" in written["airflow_dags/defs/resources.py"]
    assert not [path for path, data in written.items() if b"hunter2" in data]
    assert "hunter2" not in text


@pytest.mark.parametrize("text", ["not an export", "[1, 2]", "{", "a=postgres://u:hunter2@[x/db"])
def test_a_connections_file_of_another_kind_is_wrong_usage(run: Any, dags: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "c.env").write_text(text)
    code, printed, errors = run(dags, "--connections", tmp_path / "c.env")
    assert code == 2
    assert "airflow connections export" in errors
    assert "hunter2" not in errors + printed


def test_path_gives_modules_and_version_the_line(run: Any, tmp_path: Path) -> None:
    (tmp_path / "dags").mkdir()
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared/settings.py").write_text("CRON = '5 4 * * *'\n")
    (tmp_path / "dags/a.py").write_text(
        "from airflow import DAG\nfrom settings import CRON\nwith DAG('a', schedule=CRON):\n    pass\n"
    )
    arguments = ["inspect", tmp_path / "dags", "--format", "json", "--airflow-version"]
    with_path = json.loads(run(*arguments, "2", "--path", tmp_path / "shared")[1])["dags"][0]
    assert (with_path["schedule"]["value"], with_path["airflow"]) == ("5 4 * * *", "2")
    without = json.loads(run(*arguments, "3")[1])["dags"][0]
    assert (without["schedule"]["kind"], without["airflow"]) == ("unknown", "3")


# --- findings and exit codes -----------------------------------------------------------------------------------------


def test_exit_codes_follow_fail_on(run: Any, dags: Path) -> None:
    (dags / "beam.py").write_text(UNKNOWN_OPERATOR)
    assert [run(dags, "--fail-on", level)[0] for level in ("never", "error", "warning")] == [0, 0, 1]
    (dags / "broken.py").write_text(BROKEN)
    assert [run(dags, "--fail-on", level)[0] for level in ("never", "error", "warning")] == [0, 1, 1]
    assert [run("inspect", dags, "--fail-on", level)[0] for level in ("never", "error", "warning")] == [0, 1, 1]


def test_findings_are_on_standard_output_with_their_place(run: Any, dags: Path) -> None:
    (dags / "beam.py").write_text(UNKNOWN_OPERATOR)
    _, text, errors = run(dags)
    assert re.search(rf"^{re.escape(str(dags))}/beam\.py:5:5: warning A2D201 \[operator-bridged\] ", text, re.M)
    assert "^^^^" in text
    assert errors == ""


def test_select_and_ignore(run: Any, dags: Path) -> None:
    (dags / "beam.py").write_text(UNKNOWN_OPERATOR)

    def codes(*options: str) -> set[str]:
        return {f["code"] for f in json.loads(run(dags, "--format", "json", *options)[1])["findings"]}

    every = codes()
    assert {"A2D201"} < every
    assert codes("--select", "A2D201") == {"A2D201"}
    assert codes("--select", "a2d2") == {c for c in every if c.startswith("A2D2")}
    assert codes("--ignore", "A2D201,A2D3") == {c for c in every if c != "A2D201" and not c.startswith("A2D3")}
    assert run(dags, "--ignore", "A2D", "--fail-on", "warning")[0] == 0


@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_codes_must_exist(run: Any, dags: Path, option: str) -> None:
    code, _, errors = run(dags, option, "A2D999")
    assert code == 2
    assert "A2D999 is no code" in errors


def test_the_record_holds_what_select_hides(run: Any, dags: Path, tmp_path: Path) -> None:
    (dags / "beam.py").write_text(UNKNOWN_OPERATOR)
    run(dags, "--out", tmp_path / "a")
    run(dags, "--out", tmp_path / "b", "--ignore", "A2D")
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_comments_silence_findings_everywhere(run: Any, dags: Path, tmp_path: Path) -> None:
    silenced = UNKNOWN_OPERATOR.replace('"a.py")', '"a.py")  # migrate: ignore[A2D201]') + "# migrate: ignore[A2D301]\n"
    (dags / "beam.py").write_text(silenced)
    _, text, _ = run(dags, "--out", tmp_path / "defs", "--format", "json")
    findings = json.loads(text)["findings"]
    assert "A2D201" not in {f["code"] for f in findings}
    assert [(f["file"], f["line"]) for f in findings if f["code"] == "A2D607"] == [("beam.py", 6)]
    record = json.loads((tmp_path / "defs/migration.json").read_text())
    assert {f["code"] for f in record["findings"]} == {f["code"] for f in findings}
    assert "A2D201" not in (tmp_path / "defs/README.md").read_text()


def test_json_of_a_conversion(run: Any, dags: Path, tmp_path: Path) -> None:
    (dags / "beam.py").write_text(UNKNOWN_OPERATOR)
    _, text, errors = run(dags, "--out", tmp_path / "defs", "--format", "json", "--verbose")
    document = json.loads(text)
    assert errors == ""
    assert document["schema"] == 1
    assert document["summary"]["dags"] == 2
    assert set(document["summary"]["tasks"]) == {"exact", "approximate", "bridged", "manual", "lost"}
    assert sum(document["summary"]["tasks"].values()) == 3
    assert document["output"]["state"] == "written"
    assert set(document["output"]["written"]) == {
        name for name in files(tmp_path / "defs") if not name.startswith(".migrate/")
    }
    assert all(
        set(f) >= {"code", "name", "severity", "message", "file", "line", "column", "help"}
        for f in document["findings"]
    )
    assert sum(document["summary"]["findings"].values()) == len(document["findings"])
    assert str(tmp_path) not in text.replace(json.dumps(str(tmp_path / "defs")), "")


def test_quiet_and_verbose(run: Any, dags: Path) -> None:
    (dags / "beam.py").write_text(UNKNOWN_OPERATOR)
    assert "tasks" not in run(dags, "--quiet")[1]
    assert "A2D201" in run(dags, "--quiet")[1]
    plain, verbose = run(dags)[1], run(dags, "--verbose")[1]
    assert ": info " not in plain
    assert verbose.count("\n") >= plain.count("\n")


# --- inspect -------------------------------------------------------------------------------------------------------


def test_inspect_as_text(run: Any, dags: Path, tmp_path: Path) -> None:
    (dags / "beam.py").write_text(UNKNOWN_OPERATOR)
    before = files(tmp_path)
    code, text, errors = run("inspect", dags)
    assert (code, errors) == (0, "")
    assert files(tmp_path) == before
    lines = text.splitlines()
    assert lines[0].split()[:6] == ["DAG", "File", "Airflow", "Schedule", "Tasks", "Operators"]
    nightly = next(line for line in lines if line.startswith("nightly"))
    assert nightly.split()[1:9] == ["nightly.py:4", "3", "0", "3", "*", "*", "*", "2"]
    assert any(line.startswith("BeamRunPythonPipelineOperator") and "bridged" in line for line in lines)
    assert lines[-1].startswith("2 files, 2 DAGs, 3 tasks: ")


def test_inspect_as_json_is_the_documented_record(run: Any, dags: Path) -> None:
    document = json.loads(run("inspect", dags, "--format", "json")[1])
    (dag,) = document["dags"]
    assert (dag["dag_id"], dag["file"], dag["edges"]) == ("nightly", "nightly.py", [["extract", "load"]])
    assert dag["schedule"] == {"kind": "cron", "value": "0 3 * * *", "timezone": "UTC", "conditional": False}
    assert set(document) == {"schema", "dags", "findings"}


def test_values_of_variables(run: Any, dags: Path, tmp_path: Path) -> None:
    text = """\
import os
from airflow.sdk import DAG
from airflow.providers.standard.operators.empty import EmptyOperator
with DAG(os.environ["TEAM"] + "_load"):
    EmptyOperator(task_id="only")
"""
    (dags / "of_a_team.py").write_text(text)
    code, printed, _ = run(dags, "--out", tmp_path / "defs")
    assert (code, "TEAM" in printed) == (1, True)
    assert run(dags, "--out", tmp_path / "defs", "--env", "TEAM=sales")[0] == 0
    assert (tmp_path / "defs/airflow_dags/defs/sales_load/assets.py").exists()
    for option in ("--env", "--variable"):
        code, _, errors = run("inspect", dags, option, "TEAM")
        assert (code, "NAME=VALUE" in errors) == (2, True)


# --- rules and explain -----------------------------------------------------------------------------------------------


def test_rules_lists_every_rule(run: Any) -> None:
    load()
    code, text, _ = run("rules")
    assert code == 0
    assert len(text.splitlines()) == len(all_rules()) + 1
    assert len(json.loads(run("rules", "--format", "json")[1])) == len(all_rules())


@pytest.mark.parametrize(
    "name",
    [
        "BashOperator",
        "bashoperator",
        "airflow.providers.standard.operators.bash.BashOperator",
        "airflow.operators.bash.BashOperator",
    ],
)
def test_one_rule(run: Any, name: str) -> None:
    code, text, _ = run("rules", name)
    assert code == 0
    assert text.startswith("BashOperator")
    assert "Differs:" in text
    assert "Documentation:\n  https://" in text
    assert "Example:\n" in text


def test_a_decorator_s_rule_has_its_example(run: Any) -> None:
    text = run("rules", "@task.bash")[1]
    assert re.search(r"Example:\n +@task\.bash.*\n +def ", text)


def test_every_rule_can_be_shown(run: Any) -> None:
    load()
    for rule in all_rules():
        assert run("rules", rule.operator)[0] == 0


def test_a_rule_that_is_not_there(run: Any) -> None:
    code, text, errors = run("rules", "BashOperater")
    assert (code, text) == (2, "")
    assert "Did you mean BashOperator" in errors


def test_every_code_is_explained(run: Any) -> None:
    for row in CODES.values():
        code, text, _ = run("explain", row.code)
        assert code == 0
        assert text.startswith(f"{row.code} {row.name}  {row.severity}\n")
        assert "What to do: " in text
    assert run("explain", "argument-unread") == run("explain", "a2d301")
    assert len(run("explain")[1].splitlines()) == len(CODES) + 1


def test_an_unknown_code_names_the_nearest(run: Any) -> None:
    code, text, errors = run("explain", "A2D30")
    assert (code, text) == (2, "")
    assert "A2D30 is no code of a finding. Did you mean A2D30" in errors
    assert "argument-unread" in run("explain", "argument-unreed")[2]


# --- the command itself ----------------------------------------------------------------------------------------------


def test_help_says_everything(run: Any) -> None:
    code, text, _ = run("--help")
    assert code == 0
    options = (
        "--out --connections --path --airflow-version --jobs --check --format --fail-on --select --ignore --package"
    )
    assert all(option in text for option in options.split())
    assert all(f"  {name}  " in text for name in ("inspect", "rules", "explain", "0", "1", "2", "130"))
    assert "convert" not in text
    assert run("dags/", "--help")[1] == text
    assert max(map(len, text.splitlines())) <= 80


def test_no_arguments_is_wrong_usage(run: Any) -> None:
    code, text, errors = run()
    assert (code, text) == (2, "")
    assert errors.startswith("Usage: migrate PATH")


@pytest.mark.parametrize(
    "arguments",
    [
        ["nowhere"],
        ["inspect", "nowhere"],
        ["--nonsense"],
        [".", "--jobs", "0"],
        [".", "--airflow-version", "4"],
        ["explain", "a", "b"],
    ],
)
def test_wrong_usage(run: Any, arguments: list[str]) -> None:
    code, text, errors = run(*arguments)
    assert (code, text) == (2, "")
    assert "Error: " in errors
    assert "convert" not in errors


def test_version(run: Any) -> None:
    assert re.fullmatch(r"migrate, version \d\S+\n", run("--version")[1])


def test_a_folder_named_like_a_command(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/nightly.py").write_text(DAG)
    monkeypatch.chdir(tmp_path)
    assert "2 tasks" in run("./rules")[1]


def test_starting_is_quick() -> None:
    code = "import sys, migrator; import migrator.cli; print(*sorted(m for m in sys.modules if 'migrator' in m))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert loaded.split() == [
        "migrator", "migrator.cli", "migrator.cli_help", "migrator.cli_options", "migrator.records"
    ]  # fmt: skip


def test_a_reader_that_goes_away_is_no_error(dags: Path) -> None:
    command = f"{sys.executable} -m migrator explain | head -n 1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("Code")
    assert done.stderr == ""


def test_colour_and_progress_only_on_a_terminal(dags: Path) -> None:
    (dags / "beam.py").write_text(UNKNOWN_OPERATOR)
    environment = {**os.environ, "TERM": "xterm"}
    environment.pop("NO_COLOR", None)
    command = [sys.executable, "-m", "migrator", str(dags)]
    plain = subprocess.run(command, capture_output=True, env=environment, check=True)
    assert b"\x1b" not in plain.stdout + plain.stderr
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, stdout=theirs, stderr=subprocess.DEVNULL, env=environment) as process:
        os.close(theirs)
        seen = b""
        while chunk := _read(ours):
            seen += chunk
    os.close(ours)
    assert process.returncode == 0
    assert b"\x1b[1m" in seen


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # how Linux says that the other end is closed
        return b""


# --- as a library ----------------------------------------------------------------------------------------------------


def test_migrate_as_a_function(dags: Path) -> None:
    stages: list[str] = []
    migration = migrator.migrate(dags, progress=lambda stage, done, total: stages.append(stage))
    assert [dag.dag_id for dag in migration.airflow.dags] == ["nightly"]
    assert "airflow_dags/defs/nightly/assets.py" in migration.rendered.files
    assert migration.findings == migration.rendered.findings
    assert list(dict.fromkeys(stages)) == ["Reading", "Translating", "Rendering"]


def test_migrate_refuses_what_it_cannot_do(dags: Path) -> None:
    with pytest.raises(FileNotFoundError):
        migrator.migrate(dags / "nowhere")
    with pytest.raises(ValueError, match="a-b"):
        migrator.migrate(dags, package="a-b")
