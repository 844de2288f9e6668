"""Airflow DAG `mapping` (dag.py) as Dagster assets.

No schedule, as in Airflow. Outcome graph: `join` is mapped; `literal` is mapped; 26 more tasks likewise.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.exceptions import AirflowSkipException
from ...airflow_compat.graph import AirflowGraph
from ...airflow_compat.mapping import task_output


def add(one, other=10):
    return one + other


def join(number, letter):
    return f"{number}{letter}"


def total(values):
    return sum(values)


def picky(number):
    if number == 2:
        raise AirflowSkipException("two")
    return number


# zip
def pair(two):
    return list(two)


# map with lambda and function
def half(x):
    if x == 2:
        raise AirflowSkipException("no")
    return x / 2


def show(x):
    return x


def greet(name, punct="!"):
    return f"hi {name}{punct}"


airflow_dag = AirflowDag(dag_id="mapping", airflow="3")

airflow_graph = AirflowGraph("mapping", airflow="3", airflow_dag=airflow_dag, group_name="mapping")

airflow_graph.mapped_task_group("g", expand={"x": task_output("numbers")})

airflow_graph.mapped_task_group("gk", expand_kwargs=[{"one": 1, "other": 2}, {"one": 3, "other": 4}])

airflow_graph.mapped_task_group("gp", expand={"x": [1, 2]})

airflow_graph.mapped_task_group("gi", expand={"x": [1, 2]})


@airflow_graph.task(kinds={"python"})
def numbers() -> list:
    return [1, 2, 3]


@airflow_graph.task(kinds={"python"})
def letters() -> Any:
    return ["a", "b"]


@airflow_graph.task(
    task_id="join",
    expand={"number": task_output("numbers"), "letter": task_output("letters")},
    kinds={"python"},
)
def join_task(number: Any, letter: Any) -> Any:
    return join(number=number, letter=letter)


@airflow_graph.task(expand={"number": [1, 2]}, kinds={"python"})
def literal(number: Any) -> Any:
    return join(number=number, letter="z")


@airflow_graph.task(
    task_id="add",
    expand_kwargs=[{"one": 1, "other": 2}, {"one": 5}],
    kinds={"python"},
)
def add_task(one: Any, other: Any = 10) -> Any:
    return add(one=one, other=other)


@airflow_graph.task(kinds={"python"})
def kwargs_list() -> Any:
    return [{"one": 1, "other": 2}, {"one": 3, "other": 4}]


@airflow_graph.task(expand_kwargs=task_output("kwargs_list"), kinds={"python"})
def by_task(one: Any, other: Any = 10) -> Any:
    return add(one=one, other=other)


@airflow_graph.task(
    task_id="total",
    inputs={"add": "add"},
    kinds={"python"},
)
def total_task(add: Any) -> Any:
    return total(values=add)


@airflow_graph.task(
    task_id="pair",
    expand={"two": task_output("numbers").zip(task_output("letters"))},
    kinds={"python"},
)
def pair_task(two: Any) -> Any:
    return pair(two=two)


@airflow_graph.task(
    expand={"two": task_output("numbers").zip(task_output("letters"), fillvalue="-")}, kinds={"python"}
)
def longest(two: Any) -> Any:
    return pair(two=two)


@airflow_graph.task(
    task_id="show",
    expand={"x": task_output("numbers").map(half)},
    kinds={"python"},
)
def show_task(x: Any) -> Any:
    return show(x=x)


@airflow_graph.task(expand={"x": task_output("numbers").map(lambda v: v * 2)}, kinds={"python"})
def by_lambda(x: Any) -> Any:
    return show(x=x)


@airflow_graph.task(expand={"x": task_output("numbers").concat(task_output("letters"))}, kinds={"python"})
def concat(x: Any) -> Any:
    return show(x=x)


@airflow_graph.task(
    task_id="picky",
    expand={"number": task_output("numbers")},
    kinds={"python"},
)
def picky_task(number: Any) -> Any:
    return picky(number=number)


@airflow_graph.task(
    inputs={"values": "picky"},
    trigger_rule="all_done",
    kinds={"python"},
)
def report(values: Any) -> Any:
    return list(values)


@airflow_graph.task(expand={"number": task_output("numbers")}, kinds={"python"})
def picky2(number: Any) -> Any:
    return picky(number=number)


@airflow_graph.task(inputs={"picky2": "picky2"}, kinds={"python"})
def skipped_total(picky2: Any) -> Any:
    return total(values=picky2)


@airflow_graph.task(kinds={"python"})
def nothing() -> Any:
    return []


@airflow_graph.task(expand={"one": task_output("nothing")}, kinds={"python"})
def add_nothing(one: Any) -> Any:
    return add(one=one)


@airflow_graph.task(inputs={"add_nothing": "add_nothing"}, kinds={"python"})
def total_of_nothing(add_nothing: Any) -> Any:
    return total(values=add_nothing)


@airflow_graph.task(expand={"bash_command": ["echo 1", "echo {{ task.task_id }}"]}, kinds={"bash"})
def classic(context: dg.OpExecutionContext, bash_command: Any) -> str:
    airflow = airflow_dag.context(context, task_id="classic")
    return run_bash(
        airflow.render(bash_command),
        env={"DAY": airflow.render("{{ ds_nodash if ds_nodash is defined else 'x' }}")},
    )


@airflow_graph.task(expand={"env": [{"X": "1"}, {"X": "2"}]}, kinds={"bash"})
def by_env(env: Any) -> str:
    return run_bash("echo $X mapping", env=env)


@airflow_graph.task(expand={"op_args": [["a"], ["b"]]}, kinds={"python"})
def op(op_args: Any) -> Any:
    return greet(*op_args)


@airflow_graph.task(expand={"op_kwargs": [{"name": "a"}, {"name": "b", "punct": "?"}]}, kinds={"python"})
def op_kw(op_kwargs: Any) -> Any:
    return greet(**op_kwargs)


@airflow_graph.task(expand={"op_args": task_output("numbers").map(lambda v: [v])}, kinds={"python"})
def op_out(op_args: Any) -> Any:
    return greet(*op_args)


@airflow_graph.task(
    expand={"bash_command": task_output("letters").map(lambda c: f"echo {c}")}, kinds={"bash"}
)
def chained(bash_command: Any) -> str:
    return run_bash(bash_command)


@airflow_graph.task(expand={"x": task_output("numbers")}, kinds={"python"})
def named(context: dg.OpExecutionContext, x: Any) -> Any:
    airflow = airflow_dag.context(context, task_id="named")
    airflow["my_name"] = f"n{x}"
    return x


@airflow_graph.task(expand={"x": task_output("numbers")}, kinds={"python"})
def index(context: dg.OpExecutionContext, x: Any) -> Any:
    airflow = airflow_dag.context(context, task_id="index")
    ti = airflow["ti"]
    return ti.map_index


@airflow_graph.task(
    task_id="g.a",
    task_groups=["g"],
    group_arguments=["x"],
    kinds={"python"},
)
def g__a(x: Any) -> Any:
    return show(x=x)


@airflow_graph.task(
    task_id="g.b",
    inputs={"g__a": "g.a"},
    task_groups=["g"],
    kinds={"python"},
)
def g__b(g__a: Any) -> Any:
    return add(one=g__a, other=5)


@airflow_graph.task(inputs={"g__b": "g.b"}, kinds={"python"})
def total_g(g__b: Any) -> Any:
    return total(values=g__b)


@airflow_graph.task(
    task_id="gk.sum",
    task_groups=["gk"],
    group_arguments=["one", "other"],
    kinds={"python"},
)
def gk__sum(one: Any, other: Any) -> Any:
    return add(one=one, other=other)


@airflow_graph.task(
    task_id="gp.echo",
    task_groups=["gp"],
    kinds={"bash"},
)
def gp__echo(context: dg.OpExecutionContext) -> str:
    airflow = airflow_dag.context(context, task_id="gp.echo")
    return run_bash(airflow.render("echo {{ ti.map_index }}"))


@airflow_graph.task(
    task_id="gp.c",
    task_groups=["gp"],
    group_arguments=["x"],
    kinds={"python"},
)
def gp__c(x: Any) -> Any:
    return add(one=x, other=3)


@airflow_graph.task(
    task_id="gi.a",
    task_groups=["gi"],
    group_arguments=["x"],
    kinds={"python"},
)
def gi__a(x: Any) -> Any:
    return show(x=x)


@airflow_graph.task(
    task_id="gi.all",
    all_of={"all_gi__a": "gi.a"},
    task_groups=["gi"],
    kinds={"bash"},
)
def gi__all(context: dg.OpExecutionContext, all_gi__a: Any) -> str:
    airflow = airflow_dag.context(context, task_id="gi.all", xcoms={"gi.a": all_gi__a})
    return run_bash(
        airflow.render(
            "echo {{ ti.xcom_pull(task_ids='gi.a') }} {{ ti.xcom_pull(task_ids='gi.a', map_indexes=ti.map_index) }}"
        )
    )


assets = airflow_graph.assets()

job = airflow_graph.job("mapping")
