"""Small DAG files and the graph Airflow makes of them, the same in 2.11 and 3.x where a case does not say otherwise.

The sources are written below a preamble that imports what they use in either line. `graph` holds the edges as
`a>b`, and tasks without any as `a`; the DAG is the one named `d` unless the case says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from textwrap import dedent

IMPORTS = {
    "3": """
from datetime import datetime, timedelta
from airflow.sdk import (
    DAG, Label, TaskGroup, chain, chain_linear, cross_downstream, dag, get_current_context, setup, task, task_group,
    teardown, BaseOperator, TriggerRule, XComArg,
)
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import BranchPythonOperator, PythonOperator

START = dict(schedule=None, start_date=datetime(2024, 1, 1))
def E(id, **kwargs): return EmptyOperator(task_id=id, **kwargs)
""",
    "2": """
from datetime import datetime, timedelta
from airflow import DAG
from airflow.decorators import dag, setup, task, task_group, teardown
from airflow.models.baseoperator import BaseOperator, chain, chain_linear, cross_downstream
from airflow.models.xcom_arg import XComArg
from airflow.operators.bash import BashOperator
from airflow.operators.empty import EmptyOperator
from airflow.operators.python import BranchPythonOperator, PythonOperator, get_current_context

from airflow.utils.edgemodifier import Label
from airflow.utils.task_group import TaskGroup
from airflow.utils.trigger_rule import TriggerRule
START = dict(schedule=None, start_date=datetime(2024, 1, 1))
def E(id, **kwargs): return EmptyOperator(task_id=id, **kwargs)
""",
}


@dataclass(frozen=True)
class Case:
    """One file and what it means. `types`, `rules` and `groups` are checked only where given."""

    name: str
    source: str
    graph: str
    dag_id: str = "d"
    types: dict[str, str] = field(default_factory=dict)
    rules: dict[str, str] = field(default_factory=dict)
    mapped: str = ""
    groups: str = ""
    lines: str = "23"

    def text(self, line: str) -> str:
        """The whole file for an Airflow line."""
        return f"{IMPORTS[line]}\n{dedent(self.source)}"

    @property
    def edges(self) -> set[tuple[str, str]]:
        return {(a, b) for part in self.graph.split() if ">" in part for a, b in [part.split(">")]}

    @property
    def tasks(self) -> set[str]:
        return {name for part in self.graph.split() for name in part.split(">")}


CASES = [
    Case(
        "with",
        """
        with DAG('d', **START):
            E('a') >> E('b')
        """,
        "a>b",
        types={"a": "EmptyOperator"},
    ),
    Case(
        "dag argument",
        """
        d = DAG('d', **START)
        a = E('a', dag=d)
        b = E('b', dag=d)
        b << a
        """,
        "a>b",
    ),
    Case(
        "with a DAG made before",
        """
        d = DAG('d', **START)
        with d:
            E('a')
        with d:
            E('b')
        """,
        "a b",
    ),
    Case(
        "lists beside the arrow",
        """
        with DAG('d', **START):
            a, b, c, e = E('a'), E('b'), E('c'), E('e')
            a >> [b, c] >> e
            [b, c] << E('z')
        """,
        "a>b a>c b>e c>e z>b z>c",
    ),
    Case(
        "set_upstream and set_downstream",
        """
        with DAG('d', **START):
            a, b, c = E('a'), E('b'), E('c')
            a.set_downstream([b, c])
            c.set_upstream(b)
        """,
        "a>b a>c b>c",
    ),
    Case(
        "chain",
        """
        with DAG('d', **START):
            chain(E('a'), [E('b'), E('c')], [E('e'), E('f')], E('g'))
        """,
        "a>b a>c b>e c>f e>g f>g",
    ),
    Case(
        "chain_linear",
        """
        with DAG('d', **START):
            chain_linear(E('a'), [E('b'), E('c')], [E('e'), E('f')])
        """,
        "a>b a>c b>e b>f c>e c>f",
    ),
    Case(
        "cross_downstream",
        """
        with DAG('d', **START):
            cross_downstream([E('a'), E('b')], [E('c'), E('e')])
        """,
        "a>c a>e b>c b>e",
    ),
    Case(
        "a task joins the DAG of its neighbour",
        """
        d = DAG('d', **START)
        a = E('a', dag=d)
        a >> E('b')
        """,
        "a>b",
    ),
    Case(
        "dag assigned to a task",
        """
        d = DAG('d', **START)
        a = E('a')
        a.dag = d
        E('b', dag=d) >> a
        """,
        "b>a",
    ),
    Case(
        "dag.add_task",
        """
        d = DAG('d', **START)
        a = E('a')
        d.add_task(a)
        a >> E('b', dag=d)
        """,
        "a>b",
    ),
    Case(
        "dag.set_dependency and get_task",
        """
        with DAG('d', **START) as d:
            E('a'), E('b'), E('c')
        d.set_dependency('a', 'b')
        d.get_task('b') >> d.task_dict['c']
        """,
        "a>b b>c",
    ),
    Case(
        "label",
        """
        with DAG('d', **START):
            E('a') >> Label('x') >> E('b')
        """,
        "a>b",
    ),
    Case(
        "label between groups widens to them",
        """
        with DAG('d', **START):
            a = E('a')
            with TaskGroup('g'):
                b, c = E('b'), E('c')
            b >> Label('x') >> a
        """,
        "g.b>a g.c>a",
        groups="g",
    ),
    Case(
        "label beside a group: what is around it is what counts",
        """
        with DAG('d', **START):
            a = E('a')
            with TaskGroup('g'):
                b = E('b')
                with TaskGroup('h') as h:
                    c = E('c')
            b >> Label('x') >> h
            a >> Label('y') >> h
        """,
        "a>g.h.c g.b>g.h.c",
        groups="g g.h",
    ),
    Case(
        "loop",
        """
        with DAG('d', **START):
            last = E('a')
            for i in range(3):
                last >> E(f't{i}')
        """,
        "a>t0 a>t1 a>t2",
    ),
    Case(
        "factory and globals",
        """
        def make(n):
            d = DAG(n, **START)
            E('a', dag=d) >> E('b', dag=d)
            return d
        for n in ('c', 'd'):
            globals()[n] = make(n)
        """,
        "a>b",
    ),
    Case(
        "a DAG made in a function counts once its context was left",
        """
        def make():
            with DAG('d', **START):
                E('a')
        make()
        """,
        "a",
    ),
    Case(
        "auto_register off",
        """
        def make():
            with DAG('d', auto_register=False, **START):
                E('a')
        make()
        with DAG('e', **START):
            E('b')
        """,
        "b",
        dag_id="e",
    ),
    Case(
        "trigger rule in default_args",
        """
        with DAG('d', default_args={'trigger_rule': 'all_done', 'unheard_of': 1}, **START):
            E('a') >> E('b', trigger_rule=TriggerRule.ONE_FAILED)
        """,
        "a>b",
        rules={"a": "all_done", "b": "one_failed"},
    ),
    Case(
        "default_args of a group",
        """
        with DAG('d', default_args={'trigger_rule': 'all_done'}, **START):
            with TaskGroup('g', default_args={'trigger_rule': 'one_failed'}):
                E('a')
                with TaskGroup('h'):
                    E('b', default_args={'trigger_rule': 'none_failed'})
            E('c')
        """,
        "g.a g.h.b c",
        rules={"g.a": "one_failed", "g.h.b": "none_failed", "c": "all_done"},
        groups="g g.h",
    ),
    Case(
        "default_args changed later",
        """
        d = DAG('d', default_args={}, **START)
        d.default_args['trigger_rule'] = 'always'
        E('a', dag=d)
        """,
        "a",
        rules={"a": "always"},
    ),
    Case(
        "trigger rule assigned",
        """
        with DAG('d', **START):
            a = E('a')
            a.trigger_rule = 'one_done'
        """,
        "a",
        rules={"a": "one_done"},
    ),
    Case(
        "group as an endpoint",
        """
        with DAG('d', **START):
            with TaskGroup('g') as g:
                E('a') >> E('b')
                E('c')
            E('s') >> g >> E('e')
        """,
        "g.a>g.b s>g.a s>g.c g.b>e g.c>e",
        groups="g",
    ),
    Case(
        "group to group, nested, without prefix",
        """
        with DAG('d', **START):
            with TaskGroup('g', prefix_group_id=False) as g:
                E('a')
                with TaskGroup('h'):
                    E('b')
            with TaskGroup('i') as i:
                E('a')
            g >> i
        """,
        "a>i.a h.b>i.a",
        groups="g h i",
    ),
    Case(
        "group with dag argument",
        """
        d = DAG('d', **START)
        g = TaskGroup('g', dag=d)
        E('a', task_group=g, dag=d)
        """,
        "g.a",
        groups="g",
    ),
    Case(
        "parent_group",
        """
        with DAG('d', **START):
            g = TaskGroup('g')
            with TaskGroup('h', parent_group=g):
                E('a')
        """,
        "g.h.a",
        groups="g g.h",
    ),
    Case(
        "task_group decorator",
        """
        with DAG('d', **START):
            @task_group
            def g(x):
                E('a')
                E('b')
            E('s') >> g(1) >> g(2)
        """,
        "s>g.a s>g.b g.a>g__1.a g.a>g__1.b g.b>g__1.a g.b>g__1.b",
        groups="g g__1",
    ),
    Case(
        "task_group that returns a task",
        """
        with DAG('d', **START):
            @task_group(group_id='x')
            def g():
                a = E('a')
                a >> E('b')
                return a
            g() >> E('e')
        """,
        "x.a>x.b x.a>e",
        groups="x",
    ),
    Case(
        "task_group override",
        """
        with DAG('d', **START):
            @task_group
            def g():
                E('a')
            g.override(group_id='h')()
        """,
        "h.a",
        groups="h",
    ),
    Case(
        "children of a group",
        """
        with DAG('d', **START):
            with TaskGroup('g') as g:
                E('a')
            g.get_child_by_label('a') >> E('b')
        """,
        "g.a>b",
    ),
    Case(
        "empty group",
        """
        with DAG('d', **START):
            E('a') >> TaskGroup('g') >> E('b')
        """,
        "a>b",
        lines="3",
    ),
    Case(
        "empty group in 2",
        """
        with DAG('d', **START):
            E('a') >> TaskGroup('g') >> E('b')
        """,
        "a b",
        lines="2",
    ),
    Case(
        "TaskFlow calls and ids",
        """
        @dag(**START)
        def d():
            @task
            def f(x=None): ...
            @task(task_id='h')
            def g(x): ...
            g(f(f()))
            g(x={'k': [f()]})
        d()
        """,
        "f>f__1 f__1>h f__2>h__1",
        types={"f": "_PythonDecoratedOperator"},
    ),
    Case(
        "kinds of TaskFlow tasks",
        """
        with DAG('d', **START):
            @task.branch
            def a(): ...
            @task.bash
            def b(): ...
            @task.short_circuit
            def c(): ...
            @task.sensor
            def e(): ...
            @task.external_python(python='/usr/bin/python3')
            def f(): ...
            a() >> b() >> c() >> e() >> f()
        """,
        "a>b b>c c>e e>f",
        types={
            "a": "_BranchPythonDecoratedOperator",
            "b": "_BashDecoratedOperator",
            "c": "_ShortCircuitDecoratedOperator",
            "e": "DecoratedSensorOperator",
            "f": "_PythonExternalDecoratedOperator",
        },
    ),
    Case(
        "override",
        """
        with DAG('d', **START):
            @task
            def f(): ...
            f.override(task_id='x', trigger_rule='all_done')() >> f()
        """,
        "x>f",
        rules={"x": "all_done", "f": "all_success"},
    ),
    Case(
        "calls in groups",
        """
        with DAG('d', **START):
            @task
            def f(): ...
            f()
            with TaskGroup('g'):
                f()
                f()
        """,
        "f g.f g.f__1",
    ),
    Case(
        "keys of results",
        """
        with DAG('d', **START):
            @task(multiple_outputs=True)
            def f(): ...
            @task
            def g(x): ...
            r = f()
            g(r['a'])
        """,
        "f>g",
    ),
    Case(
        "keys of the DAG's params",
        """
        @dag(**START)
        def d(x=1):
            @task
            def f(x): ...
            f(x)
        d()
        """,
        "f",
    ),
    Case(
        "dag.task",
        """
        with DAG('d', **START) as d:
            pass
        @d.task
        def f(): ...
        f()
        """,
        "f",
    ),
    Case(
        "run_if",
        """
        with DAG('d', **START):
            @task.run_if(lambda c: True)
            @task
            def f(): ...
            f()
        """,
        "f",
    ),
    Case(
        "output in a template field",
        """
        with DAG('d', **START):
            a = E('a')
            BashOperator(task_id='b', bash_command=a.output)
            BashOperator(task_id='c', bash_command='x', env={'k': a.output['x']})
            PythonOperator(task_id='e', python_callable=print, op_args=[a.output])
            BashOperator(task_id='f', bash_command=f'{a.output}')
            BashOperator(task_id='g', bash_command='x', skip_on_exit_code=a.output)
        """,
        "a>b a>c a>e f g",
    ),
    Case(
        "template field assigned",
        """
        with DAG('d', **START):
            a = E('a')
            b = BashOperator(task_id='b', bash_command='x')
            b.bash_command = a.output
        """,
        "a>b",
    ),
    Case(
        "XComArg",
        """
        with DAG('d', **START):
            a = E('a')
            BashOperator(task_id='b', bash_command=XComArg(a, key='k'))
        """,
        "a>b",
    ),
    Case(
        "expand",
        """
        with DAG('d', **START):
            @task
            def f(x, y=0): ...
            @task
            def g(): ...
            f.partial(y=g()).expand(x=f.expand(x=[1, 2]))
        """,
        "f>f__1 g>f__1",
        mapped="f f__1",
    ),
    Case(
        "partial and expand of an operator",
        """
        with DAG('d', **START):
            a = E('a')
            b = BashOperator.partial(task_id='b', env={'k': a.output}).expand(bash_command=['x'])
            b >> BashOperator.partial(task_id='c').expand_kwargs([{'bash_command': b.output}])
            with TaskGroup('g'):
                EmptyOperator.partial(task_id='e').expand_kwargs([{}])
        """,
        "a>b b>c g.e",
        types={"b": "BashOperator"},
        mapped="b c g.e",
    ),
    Case(
        "map, zip and concat",
        """
        with DAG('d', **START):
            @task
            def f(x=None): ...
            a, b = f(), f()
            f.override(task_id='g').expand(x=a.map(lambda v: v).zip(b))
            f.override(task_id='h').expand(x=a.concat(b))
        """,
        "f>g f__1>g f>h f__1>h",
        mapped="g h",
    ),
    Case(
        "mapped group",
        """
        with DAG('d', **START):
            @task
            def f(x=None): ...
            @task_group
            def g(x):
                f.override(task_id='a')(x) >> E('b')
            g.expand(x=f())
        """,
        "f>g.a g.a>g.b",
        groups="g",
    ),
    Case(
        "as_teardown",
        """
        with DAG('d', **START):
            a, b, c = E('a'), E('b'), E('c')
            a >> b >> c.as_teardown(setups=a)
            c >> E('e')
        """,
        "a>b b>c a>c c>e",
        rules={"c": "all_done_setup_success"},
    ),
    Case(
        "teardown context",
        """
        with DAG('d', **START):
            s, t = E('s').as_setup(), E('t').as_teardown()
            with s >> t:
                E('a') >> E('b')
                E('c')
        """,
        "s>t s>a s>c a>b b>t c>t",
    ),
    Case(
        "setup and teardown decorators",
        """
        with DAG('d', **START):
            @setup
            def s(): ...
            @teardown
            def t(): ...
            @task
            def w(): ...
            s() >> w() >> t()
        """,
        "s>w w>t",
        rules={"t": "all_done_setup_success"},
    ),
    Case(
        "teardowns are no leaves of a group",
        """
        with DAG('d', **START):
            with TaskGroup('g') as g:
                s = E('s')
                s >> E('w') >> E('t').as_teardown(setups=s)
            g >> E('e')
        """,
        "g.s>g.w g.w>g.t g.s>g.t g.w>e",
    ),
    Case(
        "subclass of an operator",
        """
        class Mine(BashOperator):
            template_fields = ('bash_command', 'extra')
            def __init__(self, extra=None, **kwargs):
                self.extra = extra
                super().__init__(bash_command='x', **kwargs)
        with DAG('d', default_args={'extra': 1}, **START):
            a = E('a')
            Mine(task_id='b', extra=a.output) >> Mine(task_id='c')
        """,
        "a>b b>c",
        types={"b": "Mine"},
    ),
    Case(
        "required argument of a subclass from default_args",
        """
        class Mine(BaseOperator):
            def __init__(self, conn, **kwargs):
                super().__init__(**kwargs)
                self.conn = conn
        with DAG('d', default_args={'conn': 'x'}, **START):
            Mine(task_id='a')
            Mine.partial(task_id='b').expand(conn=['y'])
        """,
        "a b",
        mapped="b",
    ),
    Case(
        "subclass of DAG",
        """
        class Mine(DAG):
            def __init__(self, dag_id, **kwargs):
                super().__init__(dag_id, **START, **kwargs)
        with Mine('d') as x:
            E('a')
        """,
        "a",
    ),
    Case(
        "base class's constructor called by name",
        """
        class Mine(BaseOperator):
            def __init__(self, x, **kwargs):
                BaseOperator.__init__(self, **kwargs)
                self.x = x
        with DAG('d', **START):
            Mine(task_id='a', x=1) >> E('b')
        """,
        "a>b",
        types={"a": "Mine"},
    ),
    Case(
        "operator in an argument",
        """
        with DAG('d', **START):
            a = E('a')
            PythonOperator(task_id='b', python_callable=print, op_args=[a])
        """,
        "a b",
    ),
    Case(
        "branching by tasks' own ids",
        """
        with DAG('d', **START):
            a = BranchPythonOperator(task_id='a', python_callable=lambda: 'b')
            a >> [E('b'), E('c')]
            E(f'{a.task_id}_done', trigger_rule='none_failed_min_one_success') << a.downstream_list
        """,
        "a>b a>c b>a_done c>a_done",
    ),
    Case(
        "old names of trigger rules",
        """
        with DAG('d', **START):
            E('a', trigger_rule='dummy')
            E('b', trigger_rule='none_failed_or_skipped')
        """,
        "a b",
        rules={"a": "always", "b": "none_failed_min_one_success"},
        lines="2",
    ),
]
