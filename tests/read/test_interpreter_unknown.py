"""What is not known: deferred values, both branches of a condition, loops over unknowns; what the host sees of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from migrator.airflow_model import Deferred, EnvRef, Symbol, Unknown
from migrator.read import folders

from .recording import Run, run

HEAD = "import os\nfrom lib import Op, Dag, task\nE = os.environ['E']\n"


def go(text: str, root: Path | None = None) -> Run:
    return run(HEAD + text, root)


def shown(value: Any) -> str:
    """A value as an expression."""
    match value:
        case Unknown():
            return "?"
        case Symbol(path=path):
            return path
        case EnvRef(name=name):
            return str(name)
        case Deferred(op="call", operands=(function, *args)):
            return (
                f"{shown(function)}({', '.join([*map(shown, args), *(f'{k}={shown(v)}' for k, v in value.keywords)])})"
            )
        case Deferred(op="attribute", operands=(owner,), name=name):
            return f"{shown(owner)}.{name}"
        case Deferred(op="item", operands=(owner, key)):
            return f"{shown(owner)}[{shown(key)}]"
        case Deferred(op="format"):
            return "f(" + " ".join(map(shown, value.operands)) + ")"
        case Deferred(op="if", operands=(test, a, b)):
            return f"({shown(a)} if {shown(test)} else {shown(b)})"
        case Deferred(op=op, operands=(a,)):
            return f"{op} {shown(a)}"
        case Deferred(op=op, operands=(a, b)):
            return f"{shown(a)} {op} {shown(b)}"
        case list():
            return f"[{', '.join(map(shown, value))}]"
    return repr(value)


EXPRESSIONS = [
    ("E + '/x'", "f(E '/x')"),
    ("f'{E}/{1 + 1}/{E!r}'", "f(E '/2/' repr(E))"),
    ("'%s-%d' % (E, 3)", "f(E '-3')"),
    ("'%(a)s' % {'a': E}", "f(E)"),
    ("'{}/{b}'.format(E, b='y') + 'z'", "f(E '/yz')"),
    ("'/'.join(['a', E])", "f('a/' E)"),
    ("E.split(',')[0]", "E.split(',')[0]"),
    ("int(E) * 2", "int(E) * 2"),
    ("E == 'prod'", "E == 'prod'"),
    ("not E", "not E"),
    ("E or 'x'", "E or 'x'"),
    ("E and E.upper()", "E and E.upper()"),
    ("'a' if E == 'prod' else 'b'", "('a' if E == 'prod' else 'b')"),
    ("{'prod': 1}[E]", "{'prod': 1}[E]"),
    ("E in ('a', 'b')", "E in ('a', 'b')"),
    ("len(E)", "len(E)"),
    ("[E, 1][0]", "E"),
    ("str(E)", "str(E)"),
    ("isinstance(E, str)", "isinstance(E, <class 'str'>)"),
    ("os.path.join(E, 'x')", "os.path.join(E, 'x')"),
    ("os.environ.get('A', 'b').upper()", "A.upper()"),
    ("(1 if E else 2) if E else 3", "(1 if E else 3)"),
    ("'a' if E == 'x' else 'b' if E == 'y' else 'c'", "('a' if E == 'x' else ('b' if E == 'y' else 'c'))"),
    ("dict(a=E)['a']", "E"),
    ("os.cpu_count()", "os.cpu_count()"),
    ("f'{E}' is None", "False"),
    ("1 if (E and False) else 2", "2"),
]


@pytest.mark.parametrize(("expression", "expected"), EXPRESSIONS)
def test_deferred_expressions(expression: str, expected: str) -> None:
    result = go(f"x = {expression}")
    assert not result.findings
    assert shown(result["x"]) == expected


def test_now_is_deferred_and_known_dates_are_not() -> None:
    result = run(
        """\
import pendulum, uuid
from datetime import datetime, timedelta
from dateutil.relativedelta import relativedelta
now = datetime.now() - timedelta(days=1)
p = pendulum.datetime(2020, 1, 2, tz='Europe/Paris')
q = p.add(days=1)
r = datetime(2020, 1, 31) + relativedelta(months=1)
u = str(uuid.uuid4())
d = pendulum.duration(hours=2)
"""
    )
    assert shown(result["now"]) == "datetime.datetime.now() - datetime.timedelta(days=1)"
    assert result["p"].isoformat() == "2020-01-02T00:00:00+01:00"
    assert result["q"].day == 3
    assert result["r"].isoformat() == "2020-02-29T00:00:00"
    assert shown(result["u"]) == "str(uuid.uuid4())"
    assert result["d"].total_seconds() == 7200


def test_unresolved_library_is_a_symbol() -> None:
    result = run(
        "import foo.bar\nfrom foo import Baz as B\nx = B(1, k=2).run()\ny = foo.bar.q\nfrom nowhere import *\nz = Thing"
    )
    assert shown(result["x"]) == "foo.Baz(1, k=2).run()"
    assert result["y"] == Symbol("foo.bar.q")
    assert result["z"] == Symbol("nowhere.Thing")
    assert result.codes == ["A2D013"] * 2
    assert "foo.Baz" in result.host.escapes


BRANCHES = [
    # (program, {name: shown value})
    ("if E:\n    x = 1\nelse:\n    x = 2", {"x": "(1 if E else 2)"}),
    ("x = 1\nif E:\n    x = 2", {"x": "(2 if E else 1)"}),
    ("if E:\n    x = 1\nelse:\n    x = 1", {"x": "1"}),
    ("if E:\n    x = 1", {"x": "1"}),
    ("if E:\n    x = 1\nelse:\n    raise ValueError(E)", {"x": "1"}),
    (
        "if E == 'a':\n    x = 1\nelif E == 'b':\n    x = 2\nelse:\n    x = 3",
        {"x": "(1 if E == 'a' else (2 if E == 'b' else 3))"},
    ),
    ("x = {'k': 1}\nif E:\n    x['k'] = 2\n    x['n'] = 3\ny = x['k']\nz = x['n']", {"y": "(2 if E else 1)", "z": "3"}),
    ("x = [1]\nif E:\n    x.append(2)\nelse:\n    x += [3]", {"x": "[1, 2, 3]"}),
    ("def f():\n    if E:\n        return 1\n    return 2\nx = f()", {"x": "(1 if E else 2)"}),
    (
        "def f():\n    if E == 'a':\n        return 1\n    if E == 'b':\n        return 2\nx = f()",
        {"x": "(1 if E == 'a' else (2 if E == 'b' else None))"},
    ),
    (
        "def f():\n    for i in (1, 2, 3):\n        if E:\n            continue\n        x = i\n    return x\nx = f()",
        {"x": "3"},
    ),
    ("class C:\n    n = 1\nif E:\n    C.n = 2\nx = C.n", {"x": "(2 if E else 1)"}),
    ("class C:\n    pass\nc = C()\nc.n = 1\nif E:\n    c.n = 2\nx = c.n", {"x": "(2 if E else 1)"}),
    ("if E:\n    if E:\n        x = 1\n    else:\n        x = 2\nelse:\n    x = 3", {"x": "(1 if E else 3)"}),
    (
        "if E == 'a':\n    if E == 'b':\n        x = 1\n    else:\n        x = 2\nelse:\n    x = 3",
        {"x": "(2 if E == 'a' else 3)"},
    ),
    ("match E:\n    case 'a':\n        x = 1\n    case _:\n        x = 2", {"x": "(1 if E == 'a' else 2)"}),
    ("x = None\ntry:\n    import gone_library\nexcept ImportError:\n    x = 1", {"x": "None"}),
    ("try:\n    from lib import Nope as N\nexcept ImportError:\n    N = 1\nx = N", {"x": "1"}),
    ("try:\n    import ConfigParser\nexcept ImportError:\n    x = 2", {"x": "2"}),
    ("x = 0\nfor i in E.split():\n    x = i", {"x": "?"}),
    ("x = [i for i in (1, 2) if E]\ny = len(x)", {"x": "[1, 2]"}),
    ("x = 0\nwhile E:\n    x = 1\n    break", {"x": "1"}),
    ("assert E\nx = 1", {"x": "1"}),
    ("def f(**k):\n    return k['a']\nx = f(**E)", {"x": "?"}),
    ("def f(a, b=1):\n    return b\nx = f(*E)", {"x": "?"}),
    ("a, b = E.split()\nx = a", {"x": "E.split()[0]"}),
    ("x = [*E]", {"x": "[?]"}),
    ("x = {**E, 'a': 1}['a']\ny = {'a': 1, **E}['a']\nz = {**E}['q']", {"x": "1", "y": "?", "z": "?"}),
    ("x = 1 if E else 2\nif x == 3:\n    y = 1\nelse:\n    y = 2", {"y": "(1 if (1 if E else 2) == 3 else 2)"}),
    ("globals()[E] = 1", {}),
    ("for E2 in (['a', 'b'] if E else ['a']):\n    x = E2", {"x": "'b'"}),
]


@pytest.mark.parametrize(("program", "expected"), BRANCHES)
def test_branches(program: str, expected: dict[str, str]) -> None:
    result = go(program)
    assert [c for c in result.codes if c != "A2D013"] == []
    assert {name: shown(result[name]) for name in expected} == expected


def made(result: Run) -> list[tuple[Any, bool, bool]]:
    """(id, conditional, repeated) of the things made."""
    return [
        (t.id if not isinstance(t.id, Unknown | Deferred) else "?", bool(t.conditional), bool(t.repeated))
        for t in result.host.things
    ]


MADE = [
    ("Op('a')", [("a", False, False)]),
    ("if E:\n    Op('a')\nOp('b')", [("a", True, False), ("b", False, False)]),
    (
        "def f():\n    if E:\n        return None\n    return Op('a')\nf()\nOp('b')",
        [("a", True, False), ("b", False, False)],
    ),
    ("for x in E:\n    Op(x)\nOp('b')", [("?", False, True), ("b", False, False)]),
    ("[Op(x) for x in E]", [("?", False, True)]),
    ("E and Op('a')", [("a", True, False)]),
    ("x = Op('a') if E else Op('b')", [("a", True, False), ("b", True, False)]),
    ("L = ['a']\nif E:\n    L.append('b')\nfor x in L:\n    Op(x)", [("a", False, False), ("b", True, False)]),
    ("L = ['a']\nif E:\n    L.append('b')\nx = [Op(i) for i in L]", [("a", False, False), ("b", True, False)]),
    (
        "D = {'a': 1}\nif E:\n    D['b'] = 2\nfor k, v in D.items():\n    Op(k)",
        [("a", False, False), ("b", True, False)],
    ),
    ("L = []\nfor x in E:\n    L.append('n')\nfor x in L:\n    Op(x)", [("n", False, True)]),
    (
        "for x in (['a', 'b'] if E else ['a', 'c']):\n    Op(x)",
        [("a", False, False), ("b", True, False), ("c", True, False)],
    ),
    (
        "for x in ('a', 'b'):\n    if E:\n        break\n    Op(x)\nOp('z')",
        [("a", True, False), ("b", True, False), ("z", False, False)],
    ),
    ("for x in ('a', 'b'):\n    if x == E:\n        continue\n    Op(x)", [("a", True, False), ("b", True, False)]),
    ("while E:\n    Op('a')", [("a", True, True)]),
    ("if E:\n    raise ValueError\nOp('a')", [("a", False, False)]),
    (
        "def g():\n    yield 'a'\n    if E:\n        yield 'b'\nfor x in g():\n    Op(x)",
        [("a", False, False), ("b", True, False)],
    ),
    (
        "L = ['a', 'b']\nfor n, x in enumerate(sorted(L)):\n    Op(f'{x}{n}')",
        [("a0", False, False), ("b1", False, False)],
    ),
]


@pytest.mark.parametrize(("program", "expected"), MADE)
def test_circumstances(program: str, expected: list[tuple[Any, bool, bool]]) -> None:
    result = go(program)
    assert not result.findings
    assert made(result) == expected


def test_operations_on_either_of_two_objects() -> None:
    result = go("s = Op('s')\nif E:\n    t = Op('a')\nelse:\n    t = Op('b')\ns >> t\nt >> Op('e')\n[s, t] >> Op('z')")
    assert ("s", "a", True) in result.host.edges
    assert ("s", "b", True) in result.host.edges
    assert {("a", "e", True), ("b", "e", True)} <= set(result.host.edges)


def test_an_object_wins_against_none() -> None:
    result = go("t = None\nif E:\n    t = Op('a')\nif t:\n    t >> Op('b')")
    assert result["t"].id == "a"
    assert [e[:2] for e in result.host.edges] == [("a", "b")]


def test_arguments_keep_their_expressions() -> None:
    result = go(
        """\
B = 's3://x'
kw = {'q': 1}
for i in range(1):
    Op(id='t', cmd=f'{B}/é', n=i, **kw, **{'z': B})
def f(name):
    return Op(id=name, cmd=f'{B}/{name}')
f('u')"""
    )
    first, second = result.host.things
    seen = {key: (arg.source, arg.names, arg.span.line, arg.span.column) for key, arg in first.kwargs.items()}
    assert seen == {
        "id": ("'t'", (), 7, 10),
        "cmd": ("f'{B}/é'", ("B",), 7, 19),
        "n": ("i", None, 7, 31),
        "q": ("kw", ("kw",), 7, 36),
        "z": ("B", ("B",), 7, 48),
    }
    assert second.kwargs["id"].value == "u"
    assert (second.kwargs["id"].source, second.kwargs["id"].names) == ("name", None)


def test_unknown_keywords_reach_the_host() -> None:
    result = go("Op('a', **E)\nOp(*E)\nOp('b', **{'k': 1, **E})")
    first, second, third = result.host.things
    assert isinstance(first.kwargs["**"].value, Unknown)
    assert isinstance(second.args[0].value, Unknown)
    assert isinstance(third.kwargs["k"].value, Unknown)


def test_subclasses_of_host_classes() -> None:
    result = go(
        """\
class Base(Op):
    kind = 'b'
    def __init__(self, *, name, **kwargs):
        super().__init__(id=f'x_{name}', **kwargs)
        self.name = name
class Child(Base):
    def __init__(self, extra, **kwargs):
        super().__init__(name='child', **kwargs)
        self.extra = extra
class Plain(Op):
    pass
c = Child(5, q=1)
p = Plain(id='plain')
c >> p
x = (c.name, c.extra, c.kind, c.id)
with Plain(id='w') as w:
    pass
same = isinstance(w, Plain)"""
    )
    assert not result.findings
    assert [t.id for t in result.host.things] == ["x_child", "plain", "w"]
    assert result["x"] == ("child", 5, "b", "x_child")
    assert result.host.edges == [("x_child", "plain", False)]
    assert result.host.events == ["instantiated Child", "instantiated Plain", "instantiated Plain", "enter w", "exit w"]
    assert result["same"] is True
    assert [a.source for a in result["c"].args] == ["5"]
    assert result["c"].kwargs["q"].source == "1"


def test_only_called_functions_run_and_decorators_of_unknown_libraries_change_nothing() -> None:
    result = go(
        """\
import somewhere
@somewhere.retry(3)
def f(x):
    return Op(x)
@task
def body():
    raise RuntimeError
def never():
    Op('never')
async def later():
    Op('later')
f('a')
later()"""
    )
    assert [t.id for t in result.host.things if t.kind == "Op"] == ["a"]
    assert result.host.functions[0].name == "body"


def test_context_manager_of_a_generator_wraps_the_body() -> None:
    result = go(
        """\
from contextlib import contextmanager
@contextmanager
def dag(n):
    with Dag(n) as d:
        yield d
        Op('last')
with dag('x') as d:
    Op('in')
"""
    )
    assert result.host.events == ["enter x", "exit x"]
    assert [t.id for t in result.host.things] == ["x", "in", "last"]


def test_closures_for_carrying_over() -> None:
    result = go(
        """\
def factory(table, n=1):
    size = n + 1
    @task
    def load(q):
        return (table, size, q, HERE)
    return load
HERE = 1
factory('t')"""
    )
    assert result.host.functions[0].closure == {"table": "t", "size": 2}


def test_exceptions_name_their_place() -> None:
    result = go("def f():\n    return {}['gone']\nf()\nx = 1")
    (finding,) = result.findings
    assert (finding.code, finding.span and finding.span.line, finding.message) == ("A2D008", 5, "KeyError: 'gone'.")
    assert "x" not in result.module.namespace
    assert result.module.failed == finding
    assert "main.py" in result.host.finished


def test_files_are_read_inside_the_folders_only(tmp_path: Path) -> None:
    (tmp_path / "dags").mkdir()
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "a.yaml").write_text("tables: [x, y]\n")
    (tmp_path / "conf" / "b.json").write_text('{"n": 1}')
    (tmp_path / "conf" / "c.csv").write_text("h,i\n1,2\n")
    (tmp_path.parent / "secret.txt").write_text("no")
    (tmp_path / "conf" / "link.txt").symlink_to(tmp_path.parent / "secret.txt")
    text = """\
import os, json, yaml, csv, glob
from pathlib import Path
HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, '..', 'conf', 'a.yaml')) as f:
    a = yaml.safe_load(f)['tables']
b = json.loads((Path(__file__).resolve().parent.parent / 'conf' / 'b.json').read_text())
c = [dict(r) for r in csv.DictReader(open(Path(__file__).parents[1] / 'conf/c.csv'))]
names = sorted(p.name for p in (Path(__file__).parent.parent / 'conf').glob('*.json'))
g = [os.path.basename(p) for p in glob.glob(os.path.dirname(HERE) + '/conf/*.yaml')]
l = os.listdir(HERE)
out = open('/etc/passwd').read()
up = open(os.path.join(HERE, '../../secret.txt')).read()
link = open(os.path.join(HERE, '../conf/link.txt')).read()
here = str(HERE)
"""
    (tmp_path / "dags" / "main.py").write_text(text)
    result = run(text, tmp_path, file="dags/main.py")
    assert not result.findings
    assert result["a"] == ["x", "y"]
    assert result["b"] == {"n": 1}
    assert result["c"] == [{"h": "1", "i": "2"}]
    assert result["names"] == ["b.json"]
    assert result["g"] == ["a.yaml"]
    assert result["l"] == ["main.py"]
    assert result["here"] == folders.absolute("dags")
    assert all(isinstance(result[n], Unknown) for n in ("out", "up", "link"))


def test_sets_have_one_order() -> None:
    result = go(
        "S = {'b', 'a', 'c'} | {'d'}\nL = list(S)\nF = dict.fromkeys(S)\nJ = ','.join(S)\nP = S.pop()\n"
        "T = {Op('z'), Op('y')}\nI = [t.id for t in T]\nU = f'{S}'"
    )
    assert result["L"] == ["a", "b", "c", "d"]
    assert list(result["F"]) == result["L"]
    assert (result["J"], result["P"]) == ("a,b,c,d", "a")
    assert result["I"] == ["y", "z"]
    assert isinstance(result["U"], Unknown)


def test_recursion_an_unknown_condition_ends() -> None:
    result = go(
        "def f(n):\n    for i in range(9):\n        if os.environ[f'{n}{i}']:\n            f(n + 1)\nf(0)\ny = 1"
    )
    assert set(result.codes) == {"A2D005"}
    assert result["y"] == 1


CHANGED = [
    ("x = {'a': []}\nx[E].append(1)", "x['a']"),
    ("x = {'a': []}\nfor i in open(E):\n    x[i.split()[0]].append(i)", "x['a']"),
    ("x = {'a': [], 'b': {}}\nx.get(E).append(1)", "x['a']"),
    ("x = {'a': []}\nx.get(E, x['a']).extend([1])", "x['a']"),
    ("x = {'a': []}\nx.setdefault(E, []).append(1)", "x['a']"),
    ("from collections import defaultdict\nx = defaultdict(list)\nx['a'].append(1)\nx[E].append(2)", "x['a']"),
    ("x = [[], []]\nx[int(E)].append(1)", "x[1]"),
    ("x = {'a': [1]}\nx[E].clear()", "x['a']"),
    ("x = {'a': [1]}\ny = x[E]\ny += [2]", "x['a']"),
    ("x = {'a': {1}}\nx[E].add(2)", "x['a']"),
    ("x = {'a': [[0]]}\nx[E][0].append(1)", "x['a'][0]"),
    (
        "class B:\n    def __init__(self):\n        self.items = []\nx = {'a': B()}\nx[E].items.append(1)",
        "x['a'].items",
    ),
]


@pytest.mark.parametrize(("text", "changed"), CHANGED, ids=range(len(CHANGED)))
def test_what_may_have_been_changed_is_not_known(text: str, changed: str) -> None:
    """A change through a key that is known at run time only may have reached every element."""
    done = go(f"{text}\nresult = {changed}\nsize = 0\nfor _ in {changed}:\n    size += 1\n")
    value = done["result"]
    assert any(type(element) is Unknown for element in value), value


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("x = {'a': {'b': 1}}\nx[E]['b'] = 2", "x['a']['b']"),
        ("x = {'a': {'b': 1}}\ndel x[E]['b']", "x['a']['b']"),
        ("x = {'a': 1}\nx.pop(E)", "x['a']"),
        ("x = {'a': 1}\ndel x[E]", "x['a']"),
        ("class B:\n    n = 0\n    def __init__(self):\n        self.n = 1\nx = {'a': B()}\nx[E].n = 2", "x['a'].n"),
    ],
)
def test_what_may_have_been_set_or_removed_is_not_known(text: str, changed: str) -> None:
    assert shown(go(f"{text}\nresult = {changed}\n")["result"]) == "?"
