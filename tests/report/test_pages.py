"""The report's pages: whole, linked, the same for the same input, and nothing of the user's is markup."""

from __future__ import annotations

import os
import posixpath
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from support.converted import ROOT

from migrator import Migration, migrate
from migrator.airflow_model import Group
from migrator.report import report_files

from .html_pages import Page

SAMPLES = ROOT / "sample_dags"


@pytest.fixture(scope="module")
def samples() -> Migration:
    return migrate(SAMPLES)


@pytest.fixture(scope="module")
def files(samples: Migration) -> dict[str, str]:
    return report_files(samples)


@pytest.fixture(scope="module")
def pages(files: dict[str, str]) -> dict[str, Page]:
    return {path: Page(text) for path, text in files.items() if path.endswith(".html")}


def test_there_is_a_page_for_each_dag(samples: Migration, pages: dict[str, Page]) -> None:
    for dag in samples.airflow.dags:
        page = pages[f"report/dags/{dag.dag_id}.html"]
        assert [heading.text for heading in page.all("h1")] == [dag.dag_id]
        shown = {task.attributes["data-id"] for task in page.all("details", "task")}
        assert shown == {task.task_id for task in dag.tasks}
    assert {link for link, _ in pages["report/index.html"].links} >= {
        f"dags/{d.dag_id}.html" for d in samples.airflow.dags
    }


def test_markup_is_sound(pages: dict[str, Page]) -> None:
    for path, page in pages.items():
        assert page.faults == [], path
        assert len(page.ids) == len(set(page.ids)), path


def test_every_link_leads_somewhere(files: dict[str, str], pages: dict[str, Page]) -> None:
    broken = []
    for path, page in pages.items():
        for target, fragment in page.links:
            there = posixpath.normpath(posixpath.join(posixpath.dirname(path), target)) if target else path
            if there not in files or (fragment and fragment not in pages[there].ids):
                broken.append((path, target, fragment))
    assert broken == []


def test_nothing_comes_from_elsewhere_and_no_script_is_in_a_page(files: dict[str, str], pages: dict[str, Page]) -> None:
    for path, page in pages.items():
        assert not [link for link, _ in page.links if ":" in link or link.startswith("//")], path
        for element in page.elements:
            assert not [name for name in element.attributes if name.startswith("on") or name == "style"], path
        assert {element.text.strip() for element in page.all("script")} == {""}, path
    assert "@import" not in files["report/report.css"]
    assert "url(" not in files["report/report.css"]


def test_the_same_bytes_under_another_hash_seed(files: dict[str, str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "migrator", str(SAMPLES), "--out", str(tmp_path / "defs"), "--quiet"]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": "77"}, cwd=ROOT)
    written = {
        path.relative_to(tmp_path / "defs").as_posix(): path.read_text(encoding="utf-8")
        for path in (tmp_path / "defs" / "report").rglob("*")
        if path.is_file()
    }
    assert written == files


def test_each_task_is_linked_to_its_lines_on_both_sides(samples: Migration, pages: dict[str, Page]) -> None:
    page = pages["report/dags/month_end_close.html"]
    records = {record.dag_id: record for record in samples.rendered.records}
    for number, task in enumerate(next(d for d in samples.airflow.dags if d.dag_id == "month_end_close").tasks):
        nodes = [node for node in page.all("a", "node") if str(number) in node.attributes.get("data-t", "").split()]
        assert [node.attributes["data-id"] for node in nodes] == [task.task_id, f"month_end_close/{task.task_id}"]
        lines = [line for line in page.all("span", "l") if str(number) in line.attributes.get("data-t", "").split()]
        left = {int(line.attributes["id"].split("-")[1]) for line in lines if line.attributes["id"].startswith("a0-")}
        assert set(range(task.span.line, task.span.end_line + 1)) <= left
        right = [line.text for line in lines if line.attributes["id"].startswith("d0-")]
        assert any(f"def {task.task_id}(" in text for text in right), task.task_id
    assert len(records["month_end_close"].tasks) == 7


NASTY = "x</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&{{ 7*7 }}{% raw %}"
NASTY_DAG = f'''
"""{NASTY.replace('"', "'")}"""
from airflow.sdk import DAG, Label, TaskGroup, task
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator
NASTY = {NASTY!r}  # {NASTY}
with DAG("nasty", schedule=None, description=NASTY, doc_md=NASTY, tags=[NASTY], default_args={{"owner": NASTY}}) as dag:
    one = BashOperator(task_id="one", bash_command="echo " + NASTY, sla=NASTY, env={{"A": {NASTY!r}}})
    two = EmptyOperator(task_id="two", trigger_rule="all_done", task_display_name=NASTY)
    one >> Label(NASTY) >> two
'''


def harmless(text: str) -> Page:
    """The page, once it is known that nothing of the user's is markup in it."""
    page = Page(text)
    assert page.faults == []
    scripts = [element.attributes.get("src", "").rpartition("/")[2] for element in page.all("script")]
    assert scripts == ["report.js"]
    assert page.all("img") == []
    assert not [e for e in page.elements if any(name.startswith("on") for name in e.attributes)]
    return page


def test_nothing_of_the_users_is_markup(tmp_path: Path) -> None:
    file = "a'b&c<d>.py"
    (tmp_path / file).write_text(NASTY_DAG)
    migration = migrate(tmp_path)
    written = report_files(migration)
    page = harmless(written["report/dags/nasty.html"])
    assert NASTY in page.all("span", "desc")[0].text
    assert file in page.all("p", "where")[0].text
    assert any("</script><script>alert(1)" in cell.text for cell in page.all("td", "value"))
    assert any("</script>" in line.text for line in page.all("span", "l"))
    harmless(written["report/index.html"])


def test_nor_are_ids(tmp_path: Path) -> None:
    """Airflow refuses such ids, and so does the reader: they are put in behind it."""
    (tmp_path / "nasty.py").write_text(NASTY_DAG)
    migration = migrate(tmp_path)
    (dag,) = migration.airflow.dags
    tasks = tuple(replace(task, task_id=task.task_id + NASTY, group="g" + NASTY) for task in dag.tasks)
    groups = (Group("g" + NASTY),)
    dags = tuple(replace(dag, dag_id=name, tasks=tasks, groups=groups) for name in ("d" + NASTY, "../../etc/x", "CON"))
    written = report_files(replace(migration, airflow=replace(migration.airflow, dags=dags)))
    for path, text in written.items():
        assert re.fullmatch(r"report/(dags/)?[\w.-]{1,100}", path), path
        assert ".." not in path
        if path.endswith(".html"):
            harmless(text)
    titles = {Page(text).all("h1")[0].text for path, text in written.items() if "/dags/" in path}
    assert titles == {"d" + NASTY, "../../etc/x", "CON"}


SECRET_DAG = '''
from airflow.sdk import DAG
from airflow.providers.standard.operators.bash import BashOperator
DB_PASSWORD = "hunter2-prod"
URL = "postgresql://etl:s3cr3t-pw@db.example.com/prod"
AWS = "AKIAABCDEFGHIJKLMNOP"
KEY = """-----BEGIN RSA PRIVATE KEY-----
MIIEpAIBAAKCAQEAsecretline
-----END RSA PRIVATE KEY-----"""
settings = {"api_key": "k-123456789", "region": "eu-west-1"}
with DAG("leaky", schedule=None):
    BashOperator(
        task_id="call",
        bash_command="curl -H 'Authorization: Bearer abcdef0123456789abcdef' --token=t0ps3cr3t https://example.com",
        env={"SLACK_TOKEN": "xoxb-1234567890-abcdefghij", "PASSWORD": "{{ conn.db.password }}"},
    )
'''
SECRETS = ["hunter2-prod", "s3cr3t-pw", "AKIAABCDEFGHIJKLMNOP", "MIIEpAIBAAKCAQEAsecretline", "k-123456789",
           "abcdef0123456789abcdef", "t0ps3cr3t", "xoxb-1234567890"]  # fmt: skip


def test_what_looks_like_a_secret_is_masked(tmp_path: Path) -> None:
    (tmp_path / "leaky.py").write_text(SECRET_DAG)
    written = report_files(migrate(tmp_path))
    text = "".join(written.values())
    assert [secret for secret in SECRETS if secret in text] == []
    page = Page(written["report/dags/leaky.html"])
    shown = "".join(line.text for line in page.all("span", "l"))
    # What is no secret stays, and a template that names one is none.
    for kept in (
        "eu-west-1",
        "postgresql://etl:",
        "@db.example.com/prod",
        "{{ conn.db.password }}",
        "BEGIN RSA PRIVATE KEY",
    ):
        assert kept in shown
    assert len([line for line in page.all("span", "l") if line.attributes["id"].startswith("a0-")]) == SECRET_DAG.count(
        "\n"
    )


def test_without_source_no_code_is_in_the_pages(samples: Migration) -> None:
    page = report_files(samples, source=False)["report/dags/daily_sales_etl.html"]
    assert Page(page).all("span", "l") == []
    assert Page(page).all("td", "value") == []
    assert "--no-source" in page
    for code in ("import ", "SELECT", "BashOperator("):
        assert code not in page


def test_a_dag_that_is_lost_has_a_page_too(tmp_path: Path) -> None:
    (tmp_path / "cycle.py").write_text(
        "from airflow.sdk import DAG\nfrom airflow.providers.standard.operators.empty import EmptyOperator\n"
        "with DAG('round', schedule=None):\n    a, b = EmptyOperator(task_id='a'), EmptyOperator(task_id='b')\n"
        "    a >> b >> a\nwith DAG('sound', schedule=None):\n    EmptyOperator(task_id='c')\n"
    )
    written = report_files(migrate(tmp_path))
    page = Page(written["report/dags/round.html"])
    assert "not in the output" in page.all("p", "banner")[0].text
    assert len(page.all("a", "node")) == 2
    assert "2 lost" in Page(written["report/index.html"]).source


def test_empty_dags_and_projects_have_pages(tmp_path: Path) -> None:
    (tmp_path / "empty.py").write_text("from airflow.sdk import DAG\ndag = DAG('empty', schedule=None)\n")
    written = report_files(migrate(tmp_path))
    assert "The DAG has no tasks." in written["report/dags/empty.html"]
