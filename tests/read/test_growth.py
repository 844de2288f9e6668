"""Reading takes time in proportion to what is read, whatever its shape."""

import time
from pathlib import Path

import pytest

from migrator.airflow_model import Project
from migrator.read.project import read

HEAD = """\
import os
from airflow.sdk import DAG, dag, task
from airflow.providers.standard.operators.bash import BashOperator
"""
TASK_OF_TASK = """\
@task
def add(x): return x + 1
@dag
def d():
    value = add(0)
    for i in range(4_000):
        value = add(value)
d()
"""
ONE_OF_MANY = """\
with DAG("d"):
    previous = BashOperator(task_id="first", bash_command="true")
""" + "".join(
    f"""
    t{i} = BashOperator(task_id="t{i}", bash_command="true")
    if os.environ.get("A{i}"):
        previous >> t{i}
        previous = t{i}
"""
    for i in range(400)
)
ONE_CONDITION = """\
with DAG("d"):
    previous = BashOperator(task_id="first", bash_command="true")
    for i in range(1_000):
        t = BashOperator(task_id=f"t{i}", bash_command="true")
        if os.environ.get("A"):
            previous = t
        previous >> BashOperator(task_id=f"after{i}", bash_command="true")
"""
FUNCTIONS = (
    "from airflow.providers.standard.operators.python import PythonOperator\n"
    + "".join(f"def f{i}(x):\n    return x + {i}\n" for i in range(1_000))
    + 'with DAG("d"):\n'
    + "".join(f'    PythonOperator(task_id="t{i}", python_callable=f{i})\n' for i in range(1_000))
)


def project(folder: Path, text: str, *, code: bool = True) -> Project:
    (folder / "dag.py").write_text(HEAD + text)
    return read(folder, code=code)


@pytest.mark.parametrize(
    ("text", "tasks"), [(TASK_OF_TASK, 4_001), (ONE_OF_MANY, 401), (ONE_CONDITION, 2_001), (FUNCTIONS, 1_000)]
)
def test_time_per_task_does_not_grow(tmp_path: Path, text: str, tasks: int) -> None:
    """Each takes less than a second and took ten or more when time grew with the square of the tasks or faster."""
    before = time.process_time()
    found = project(tmp_path, text)
    assert time.process_time() - before < 8
    assert len(found.dags[0].tasks) == tasks


def test_a_name_that_is_one_of_very_many_tasks_makes_the_dag_incomplete(tmp_path: Path) -> None:
    found = project(tmp_path, ONE_OF_MANY)
    assert not found.dags[0].complete
    assert any("one of more than 32 alternatives" in finding.message for finding in found.findings)


def test_numbers_of_further_calls(tmp_path: Path) -> None:
    """As get_unique_task_id of airflow/sdk/bases/decorator.py gives them: the highest number met, plus one."""
    text = """
@task
def f(): ...
@dag
def d():
    f(); f(); f.override(task_id="f__7")(); f(); f.override(task_id="f__7")(); f.override(task_id="g__x")()
d()
"""
    assert [t.task_id for t in project(tmp_path, text).dags[0].tasks] == ["f", "f__1", "f__7", "f__8", "f__9", "g__x"]


def test_an_inspection_has_the_same_dags_without_what_functions_hold(tmp_path: Path) -> None:
    text = """
LIMIT = 3
@task
def f(): return LIMIT
@dag
def d(): f()
d()
"""
    whole, inspected = project(tmp_path, text), project(tmp_path, text, code=False)
    assert [t.task_id for d in inspected.dags for t in d.tasks] == [t.task_id for d in whole.dags for t in d.tasks]
    assert inspected.findings == whole.findings
    (with_code,), (without,) = whole.functions(), inspected.functions()
    assert (with_code, with_code.globals_used) == (with_code, ("LIMIT",))
    assert (without.name, without.span, without.globals_used) == (with_code.name, with_code.span, ())
