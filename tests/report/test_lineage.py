"""The lineage of small projects: what is read and written, by whom, and that it is found across DAGs."""

from __future__ import annotations

import textwrap

import pytest

from migrator import migrate
from migrator.report import report_files
from migrator.report.build import Builder
from migrator.report.lineage import Lineage, lineage, picture
from migrator.rules.statements import tables

IMPORTS = """
    from datetime import datetime
    from airflow.sdk import DAG, Asset, dag, task
    from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator as Sql
    from airflow.providers.standard.operators.empty import EmptyOperator
    from airflow.providers.standard.sensors.filesystem import FileSensor
"""


def traced(tmp_path, **files: str) -> Lineage:
    for name, text in files.items():
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(IMPORTS) + textwrap.dedent(text), encoding="utf-8")
    return lineage(Builder(migrate(tmp_path)))


def edges(found: Lineage) -> set[tuple[str, str, str]]:
    return {(found.items[a].name, found.items[b].name, kind) for a, b, kind in found.edges}


LOAD = """
    with DAG("load", schedule=None):
        Sql(task_id="fill", conn_id="dwh", sql="INSERT INTO mart.orders SELECT * FROM raw.orders JOIN raw.shops")
"""
USE = """
    with DAG("use", schedule=None):
        Sql(task_id="sums", conn_id="dwh", sql="select sum(x) from MART.orders")
        Sql(task_id="others", conn_id="elsewhere", sql="select sum(x) from mart.orders")
"""


def test_a_table_joins_dags(tmp_path):
    """Who reads a table comes after who fills it, if it is the same connection's."""
    found = traced(tmp_path, load=LOAD, use=USE)
    assert edges(found) == {
        ("raw.orders", "fill", "data"),
        ("raw.shops", "fill", "data"),
        ("fill", "sums", "data"),
        ("mart.orders", "others", "data"),
    }
    fill = next(item for item in found.items if item.name == "fill")
    assert fill.detail == "table mart.orders"
    assert fill.page == "dags/load.html#task-fill"
    assert {item.detail for item in found.items if item.kind == "table"} == {"table of dwh", "table of elsewhere"}


def test_a_table_several_fill_stands_for_itself(tmp_path):
    text = """
        with DAG("load", schedule=None):
            for day in ("mon", "tue"):
                Sql(task_id=day, conn_id="dwh", sql="INSERT INTO orders SELECT 1")
            Sql(task_id="sum", conn_id="dwh", sql="SELECT * FROM orders")
    """
    assert edges(traced(tmp_path, load=text)) == {
        ("mon", "orders", "data"),
        ("tue", "orders", "data"),
        ("orders", "sum", "data"),
    }


def test_sql_in_a_function(tmp_path):
    """Literals in a function count, also with holes; docstrings and other text do not."""
    text = '''
        @dag(schedule=None)
        def work():
            @task
            def move(day):
                """Select from the tables what is to be moved into others."""
                from airflow.providers.postgres.hooks.postgres import PostgresHook
                PostgresHook("dwh").run(f"INSERT INTO target SELECT * FROM source_{day} JOIN fixed ON true")
                print("delete from here what is not wanted")
            move("mon")
        work()
    '''
    found = edges(traced(tmp_path, work=text))
    assert ("fixed", "move", "data") in found
    assert not any("source" in name or name == "here" for pair in found for name in pair)


def test_outlets_inlets_schedules_and_files(tmp_path):
    text = """
        orders = Asset("s3://lake/orders")
        with DAG("make", schedule=None):
            EmptyOperator(task_id="first", outlets=[orders])
            EmptyOperator(task_id="second", outlets=[orders])
        with DAG("take", schedule=[orders]):
            FileSensor(task_id="wait", filepath="/in/orders.done") >> EmptyOperator(task_id="go", inlets=[Asset("s3://lake/x")])
    """
    found = edges(traced(tmp_path, both=text))
    assert ("first", "s3://lake/orders", "data") in found
    assert ("s3://lake/orders", "wait", "data") in found
    assert ("s3://lake/x", "go", "data") in found
    assert ("/in/orders.done", "wait", "data") in found
    assert ("wait", "go", "order") in found


def test_what_triggers_another_dag_starts_it(tmp_path):
    text = """
        from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
        with DAG("one", schedule=None):
            TriggerDagRunOperator(task_id="start_two", trigger_dag_id="two")
        with DAG("two", schedule=None):
            EmptyOperator(task_id="a") >> EmptyOperator(task_id="b")
    """
    assert ("start_two", "a", "starts") in edges(traced(tmp_path, both=text))


@pytest.mark.parametrize(
    ("sql", "read", "written"),
    [
        ("SELECT * FROM a.b JOIN c USING (x)", {"a.b", "c"}, set()),
        ("WITH c AS (SELECT * FROM a) SELECT * FROM c", {"a"}, set()),
        ("INSERT INTO t SELECT * FROM t", {"t"}, {"t"}),
        ("CREATE TABLE t (x int)", set(), set()),
        ("CREATE TABLE t AS SELECT * FROM a", {"a"}, {"t"}),
        ("CREATE TEMP TABLE t AS SELECT * FROM a; INSERT INTO b SELECT * FROM t", {"a"}, {"b"}),
        ("UPDATE t SET x = 1 FROM u", {"u"}, {"t"}),
        ("DELETE FROM t", set(), set()),
        ("SELECT * FROM {{ params.table }} JOIN d ON true", {"d"}, set()),
        ("{% if x %}SELECT * FROM a{% endif %}", set(), set()),
        ("this is no SQL FROM here", set(), set()),
    ],
)
def test_tables(sql, read, written):
    found = tables(sql)
    assert ({".".join(t) for t in found[0]}, {".".join(t) for t in found[1]}) == (read, written)


def test_many_assets_are_drawn_by_dag(tmp_path):
    """The picture stays one that can be looked at; the list has everything."""
    text = """
        for i in range(60):
            with DAG(f"d{i}", schedule=None):
                for j in range(5):
                    Sql(task_id=f"t{j}", conn_id="dwh", sql=f"INSERT INTO x{i} SELECT * FROM x{abs(i - 1)}")
    """
    found = traced(tmp_path, many=text)
    drawn = picture(found, {f"d{i}": f"dags/d{i}.html" for i in range(60)})
    assert drawn.by_dag
    assert {node.title for node, _ in drawn.placed.nodes} >= {f"d{i}" for i in range(60)}
    assert len(found.items) > 300


def test_secrets_and_without_source(tmp_path):
    """A password in an address is masked; without source, neither SQL nor values are shown."""
    text = """
        with DAG("load", schedule=None):
            FileSensor(task_id="wait", filepath="/in/x") >> EmptyOperator(
                task_id="go", outlets=[Asset("postgresql://etl:s3cr3t-pw@db/x")]
            )
            Sql(task_id="fill", conn_id="dwh", sql="SELECT * FROM hidden")
    """
    (tmp_path / "load.py").write_text(textwrap.dedent(IMPORTS) + textwrap.dedent(text), encoding="utf-8")
    migration = migrate(tmp_path)
    page, bare = (report_files(migration, source=source)["report/lineage.html"] for source in (True, False))
    assert "s3cr3t-pw" not in page
    assert "@db/x" in page
    assert "/in/x" in page
    assert "hidden</" in page
    assert "/in/x" not in bare
    assert "hidden</" not in bare


def test_the_page_escapes_names(tmp_path):
    text = """
        with DAG("load", schedule=None):
            Sql(task_id="fill", conn_id="dwh", sql='SELECT * FROM "<img src=x onerror=alert(1)>"')
    """
    (tmp_path / "dags").mkdir()
    (tmp_path / "dags" / "load.py").write_text(textwrap.dedent(IMPORTS) + textwrap.dedent(text), encoding="utf-8")
    page = report_files(migrate(tmp_path / "dags"))["report/lineage.html"]
    assert "<img" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
