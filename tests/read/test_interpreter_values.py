"""Programs without a host: the interpreter's namespace is Python's own."""

from __future__ import annotations

from typing import Any

import pytest

from .recording import run

PROGRAMS = {
    "arithmetic": "x = 7 // 2 + 2 ** 5 % 3 - -1\ny = (1 < 2 <= 2) and not (3 in [1, 2])\nz = 1 if x else 2",
    "strings": """\
a = 'x,y'.split(',')
b = '-'.join(a).upper().center(9, '*')
c = 'abc'[::-1] + 'd' * 3
d = '%s-%03d %%' % ('a', 7)""",
    "formats": """\
v = 3.14159
a = f'{v:.2f}|{"x":>4}|{v!r}|{{}}'
b = '{0}{1:>{w}}{k[a]}'.format(1, 2, w=4, k={'a': 5})
c = f'{v=}'""",
    "containers": """\
d = {'a': 1, **{'b': 2}}
d['c'] = d.pop('a')
l = [*range(3), 9]
l[1:2] = [7, 8]
del l[0]
s = {1, 2} | {3}
t = (*l, 1)""",
    "unpacking": "a, (b, *c), d = 1, (2, 3, 4), 5\n[e, f] = 'xy'\n*g, h = range(3)\nx = y = []\nx.append(1)",
    "comprehensions": """\
a = [i * j for i in range(4) if i % 2 for j in (1, 2)]
b = {k: v for k, v in zip('ab', [1, 2])}
c = {len(w) for w in ['a', 'bb', 'cc']}
d = sum(i for i in range(5))
e = [y := 1, y + 1]""",
    "functions": """\
def f(a, b=2, *c, d, e=5, **g):
    return (a, b, c, d, e, g)
x = f(1, d=4)
y = f(1, 2, 3, 4, d=0, z=9)
z = f(*[1, 2], **{'d': 3})
h = (lambda p, /, q=1: p + q)(1)""",
    "closures": """\
def counter():
    n = 0
    def up(by=1):
        nonlocal n
        n += by
        return n
    return up
c = counter()
x = [c(), c(), c(10)]
fs = [lambda i=i: i for i in range(3)]
y = [g() for g in fs]
del c, fs, counter""",
    "globals": "n = 1\ndef f():\n    global n, m\n    n, m = 2, 3\nf()\nglobals()['k'] = n + m",
    "loops": """\
out = []
for i in range(10):
    if i == 2:
        continue
    if i == 5:
        break
    out.append(i)
else:
    out = None
k = 3
while k:
    k -= 1
else:
    out.append('end')""",
    "exceptions": """\
log = []
def f(x):
    try:
        log.append(1 / x)
        return 'r'
    except ZeroDivisionError as e:
        log.append(str(e))
    except (TypeError, ValueError):
        log.append('t')
    else:
        log.append('no')
    finally:
        log.append('f')
    return 'end'
x = [f(0), f('a'), f(1)]""",
    "own exceptions": """\
class E(Exception):
    pass
class F(E):
    def __init__(self, n):
        super().__init__(f'n{n}')
        self.n = n
try:
    raise F(3)
except E as e:
    x = (str(e), e.n, e.args)
try:
    try:
        {}['k']
    except KeyError:
        raise
except LookupError as e:
    y = repr(e)
del E, F""",
    "generators": """\
def g(n):
    for i in range(n):
        yield i
    yield from 'ab'
x = list(g(2))
y = next(g(3))
z = [a for a in g(1)]
w = dict(enumerate(g(1)))""",
    "sorting": """\
x = sorted(['b', 'A', 'c'], key=str.lower, reverse=True)
y = sorted({'b': 1, 'a': 2}.items(), key=lambda p: p[1])
z = [3, 1, 2]
z.sort()
m = (max([1, 5, 2]), min('cab'), max({'a': 1}, key=len), sum([[1], [2]], []))
r = list(reversed([1, 2]))
a = (any([0, 1]), all([]))""",
    "functools": """\
from functools import partial, reduce, wraps, lru_cache
def d(f):
    @wraps(f)
    def w(*a):
        return f(*a) + 1
    return w
@d
@lru_cache(maxsize=None)
def f(x):
    return x * 2
x = (f(3), f.__name__, partial(f, 4)(), reduce(lambda a, b: a * b, [1, 2, 3]))
del partial, reduce, wraps, lru_cache, f, d""",
    "itertools": """\
from itertools import chain, product, islice, count, groupby, accumulate, zip_longest
x = (list(chain([1], [2])), list(product('ab', [1])), list(islice(count(), 3)),
     [(k, list(v)) for k, v in groupby('aab')], list(accumulate([1, 2, 3])),
     list(zip_longest([1], [2, 3])), list(chain.from_iterable([[1], [2]])))
del chain, product, islice, count, groupby, accumulate, zip_longest""",
    "dates": """\
from datetime import datetime, timedelta, date, timezone
x = datetime(2020, 1, 31, tzinfo=timezone.utc) + timedelta(days=1)
y = (date(2020, 1, 2) - date(2020, 1, 1)).days
z = datetime.strptime('2021-02-03', '%Y-%m-%d').isoformat()
w = x.strftime('%d/%m')
v = x.replace(hour=3).date()
del datetime, timedelta, date, timezone""",
    "standard library": """\
import json, re, math, textwrap, string, copy, operator
x = json.loads(json.dumps({'a': [1, None]}))
y = re.sub(r'\\d+', '#', 'a1b22')
z = re.match(r'(?P<n>\\w+)', 'ab c')['n']
w = textwrap.dedent('  a\\n  b')
v = string.Template('$a').substitute(a=1)
u = copy.deepcopy(x) is x
t = operator.itemgetter(1)([4, 5])
s = math.floor(2.5)
del json, re, math, textwrap, string, copy, operator""",
    "collections": """\
from collections import defaultdict, OrderedDict, Counter, namedtuple, deque
d = defaultdict(list)
d['a'].append(1)
x = dict(d)
c = dict(Counter('aab'))
P = namedtuple('P', 'a b')
p = P(1, b=2)
y = (p.a, p[1], p._replace(a=5).a, p._asdict())
q = deque([1], maxlen=2)
q.append(2)
z = list(q)
del defaultdict, OrderedDict, Counter, namedtuple, deque, d, P, p, q""",
    "match": """\
def f(v):
    match v:
        case 0 | 1:
            return 'small'
        case [a, *rest] if rest:
            return (a, rest)
        case {'k': x, **r}:
            return (x, r)
        case str() as s:
            return s
        case None:
            return 'none'
        case _:
            return 'other'
x = [f(v) for v in (0, [1, 2], {'k': 3, 'm': 4}, 's', None, 2.5)]""",
    "walrus and star": """\
if (n := len('abc')) > 2:
    m = n
def f(*a, **k):
    return len(a) + len(k)
x = f(*'ab', *[1], **{'a': 1}, **{'b': 2})""",
    "paths": """\
import os.path
from pathlib import PurePosixPath as Path
x = os.path.join('a', '..', 'b.txt')
y = os.path.splitext(os.path.basename('/q/w.tar.gz'))
z = str(Path('a') / 'b' / 'c.sql')
w = Path('a/b.c').suffix + Path('a/b.c').stem
del os, Path""",
    "deleted": "a = 1\ntry:\n    del a\n    a\nexcept NameError:\n    b = 2\nd = {'x': 1}\ndel d['x']",
    "context": """\
from contextlib import contextmanager, suppress
log = []
@contextmanager
def c(x):
    log.append('in')
    try:
        yield x
    finally:
        log.append('out')
with c(1) as a, c(2) as b:
    log.append((a, b))
with suppress(KeyError):
    {}['x']
def f():
    with c(3):
        return 'r'
x = f()
del contextmanager, suppress, c""",
    "bytes": "x = 'ä'.encode()\ny = x.decode('utf-8')\nz = b'ab'[0]\nw = bytes([65]) + b'x'",
}


def plain(namespace: dict[str, Any]) -> dict[str, Any]:
    """The names whose values are data."""
    return {
        name: value
        for name, value in namespace.items()
        if not name.startswith("__")
        and not callable(value)
        and not hasattr(value, "node")
        and type(value).__name__ != "module"
    }


@pytest.mark.parametrize("name", PROGRAMS)
def test_same_as_python(name: str) -> None:
    expected: dict[str, Any] = {"__name__": "main"}
    exec(PROGRAMS[name], expected)
    result = run(PROGRAMS[name])
    assert not result.findings
    ours = plain(result.module.namespace)
    for key, value in plain(expected).items():
        assert key in ours, key
        assert ours[key] == value, key
        assert type(ours[key]) is type(value), key


CLASSES = {
    "inheritance": (
        """\
class A:
    n = 1
    def __init__(self, x, **k):
        self.x = x
    def m(self):
        return self.x
    @property
    def p(self):
        return self.m() + self.n
    @p.setter
    def p(self, v):
        self.x = v
    @classmethod
    def make(cls, v):
        return cls(v)
    @staticmethod
    def s(v):
        return v + 1
class B(A):
    n = 2
    def m(self):
        return super().m() * 10
b = B.make(3)
first = b.p
b.p = 5
r = (first, b.p, B.s(1), isinstance(b, A), issubclass(B, A), type(b) is B, hasattr(b, 'q'), getattr(b, 'q', 0))""",
        (32, 52, 2, True, True, True, False, 0),
    ),
    "diamond": (
        """\
class A:
    def f(self):
        return ['A']
class B(A):
    def f(self):
        return ['B'] + super().f()
class C(A):
    def f(self):
        return ['C'] + super().f()
class D(B, C):
    def f(self):
        return ['D'] + super().f()
r = D().f()""",
        ["D", "B", "C", "A"],
    ),
    "operators": (
        """\
class V:
    def __init__(self, n):
        self.n = n
    def __add__(self, o):
        return V(self.n + o.n)
    def __radd__(self, o):
        return V(self.n + o)
    def __eq__(self, o):
        return self.n == o.n
    def __lt__(self, o):
        return self.n < o.n
    def __getitem__(self, k):
        return k * self.n
    def __len__(self):
        return self.n
    def __contains__(self, k):
        return k == self.n
    def __call__(self, k):
        return self.n - k
    def __iter__(self):
        return iter(range(self.n))
    def __str__(self):
        return f'V{self.n}'
    def __bool__(self):
        return self.n > 0
a = V(1) + V(2)
r = (a.n, (5 + a).n, a == V(3), a != V(3), a[2], len(a), 3 in a, a(1), list(a),
     f'{a}', bool(V(0)), sorted([V(2), V(1)])[0].n)""",
        (3, 8, True, False, 6, 3, True, 2, [0, 1, 2], "V3", False, 1),
    ),
    "dataclass": (
        """\
from dataclasses import dataclass, field, asdict, replace
@dataclass
class A:
    x: int
    y: list = field(default_factory=list)
    z: str = 'z'
    def __post_init__(self):
        self.w = self.x + 1
@dataclass(order=True)
class B(A):
    q: int = 0
b = B(1, q=5)
r = (asdict(b), b.w, replace(b, x=9).x, A(1) == A(1), str(A(1, [2])))""",
        ({"x": 1, "y": [], "z": "z", "q": 5}, 2, 9, True, "A(x=1, y=[2], z='z')"),
    ),
    "enum": (
        """\
from enum import Enum, auto
class E(str, Enum):
    A = 'a'
    B = 'b'
    def up(self):
        return self.value.upper()
class F(Enum):
    X = auto()
    Y = auto()
r = (E.A.value, E('b').name, E['A'] is E.A, [e.name for e in F], F.Y.value,
     E.A == 'a', E.B.up(), len(F), E.A in (E.A, E.B))""",
        ("a", "B", True, ["X", "Y"], 2, True, "B", 2, True),
    ),
    "named tuple": (
        """\
from typing import NamedTuple
class P(NamedTuple):
    a: int
    b: str = 'x'
p = P(1)
x, y = p
r = (p.a, p[1], x, y, p._asdict(), [*p])""",
        (1, "x", 1, "x", {"a": 1, "b": "x"}, [1, "x"]),
    ),
    "dictionary": (
        """\
class D(dict):
    def __getattr__(self, n):
        return self[n]
d = D(a=1)
d['b'] = 2
r = (d.a, d['b'], len(d), 'a' in d, list(d), d.get('z', 9))""",
        (1, 2, 2, True, ["a", "b"], 9),
    ),
    "attributes": (
        """\
class A:
    def __getattr__(self, n):
        return n * 2
    def __setattr__(self, n, v):
        object.__setattr__(self, n, v)
a = A()
a.x = 1
setattr(a, 'y', 2)
r = (a.x, a.y, a.zz, vars(a))""",
        (1, 2, "zzzz", {"x": 1, "y": 2}),
    ),
    "singleton": (
        """\
class S:
    _one = None
    def __new__(cls):
        if cls._one is None:
            cls._one = super().__new__(cls)
        return cls._one
r = S() is S()""",
        True,
    ),
    "context manager": (
        """\
log = []
class C:
    def __enter__(self):
        log.append('in')
        return 7
    def __exit__(self, t, v, tb):
        log.append(t is ValueError)
        return True
with C() as c:
    raise ValueError('x')
r = (c, log)""",
        (7, ["in", True]),
    ),
    "private names": (
        """\
class A:
    def __init__(self):
        self.__x = 1
    def get(self):
        return self.__x
r = (A().get(), vars(A()))""",
        (1, {"_A__x": 1}),
    ),
    "iterator": (
        """\
class I:
    def __init__(self):
        self.n = 0
    def __iter__(self):
        return self
    def __next__(self):
        self.n += 1
        if self.n > 3:
            raise StopIteration
        return self.n
r = [list(I()), sum(I())]""",
        [[1, 2, 3], 6],
    ),
}


@pytest.mark.parametrize("name", CLASSES)
def test_classes(name: str) -> None:
    program, expected = CLASSES[name]
    namespace: dict[str, Any] = {}
    exec(program, namespace)
    assert namespace["r"] == expected, "the case itself"
    result = run(program)
    assert not result.findings
    assert result["r"] == expected
