"""Files that mean harm, or mistakes: each ends soon, with a finding, and nothing escapes."""

from __future__ import annotations

import time

import pytest

from migrator.airflow_model import Unknown
from migrator.read.core import Bounds

from .recording import run

SMALL = Bounds(steps=50_000, turns=2_000, elements=5_000, characters=100_000, yields=500)

STOPPED = {  # program -> code; the line after it is still read
    "x = 10**10**10": "A2D005",
    "x = 1 << 10**9": "A2D005",
    "x = 'a' * 10**12": "A2D005",
    "x = [0] * 10**10": "A2D005",
    "x = list(range(10**12))": "A2D005",
    "x = sum(range(10**12))": "A2D005",
    "x = bytes(10**12)": "A2D005",
    "x = 'a'.ljust(10**12)": "A2D005",
    "x = ('a' * 1000).replace('a', 'b' * 90000)": "A2D005",
    "x = ('a' * 1000).join([''] * 4000)": "A2D005",
    "x = '%1000000000d' % 5": "A2D005",
    "x = int('9' * 90000)": "A2D005",
    "import math\nx = math.factorial(10**9)": "A2D005",
    "import re\nx = re.match(r'(a+)+$', 'a' * 40 + '!')": "A2D005",
    "import re\nx = re.compile(r'(x|x)*y').match('x' * 50)": "A2D005",
    "import re\nx = re.sub(r'.*.*.*.*.*z', '', 'x' * 3000)": "A2D005",
    "import itertools\nx = list(itertools.count())": "A2D005",
    "import itertools\nx = list(itertools.product(range(1000), repeat=9))": "A2D005",
    "import itertools\nx = [a for a in itertools.cycle([1])]": "A2D005",
    "def g():\n    while True:\n        yield 1\nx = list(g())": "A2D005",
    "def f(n):\n    return f(n + 1)\nx = f(0)": "A2D005",
    "class A:\n    def __getattr__(self, n):\n        return getattr(self, n + 'x')\nx = A().foo": "A2D005",
    "class A:\n    @property\n    def p(self):\n        return self.p\nx = A().p": "A2D005",
    "class A:\n    def __eq__(self, o):\n        return self == o\nx = A() == A()": "A2D005",
    "x = [a + b + c for a in range(1000) for b in range(1000) for c in range(1000)]": "A2D005",
    "x = a" + ".b" * 20_000: "A2D005",
}


@pytest.mark.parametrize("program", STOPPED, ids=lambda p: p[:40])
def test_bounds(program: str) -> None:
    began = time.monotonic()
    result = run(f"{program}\ny = 1", bounds=SMALL)
    assert time.monotonic() - began < 10
    assert STOPPED[program] in result.codes
    assert isinstance(result["x"], Unknown)
    assert result["y"] == 1


ENDLESS = [
    "while True:\n    pass",
    "i = 0\nwhile i < 10**9:\n    i += 1",
    "for i in range(10**12):\n    pass",
    "s = 'a'\nfor i in range(100):\n    s += s",
    "s = [1]\nfor i in range(100):\n    s = s + s",
    "d = {}\nfor i in range(2000):\n    for j in range(2000):\n        d[i, j] = 1",
]


@pytest.mark.parametrize("program", ENDLESS)
def test_endless_loops(program: str) -> None:
    assert "A2D005" in run(f"{program}\ny = 1", bounds=SMALL).codes


def test_steps_end_the_file() -> None:
    result = run("def f(n):\n    return f(n + 1) + f(n + 2)\nx = f(0)\ny = 1", bounds=SMALL)
    assert result.codes[-1] == "A2D005"
    assert len(result.codes) < 10


QUIET = {  # program -> codes
    "import os\ns = os.environ['A']\nfor i in range(1000):\n    s = s + s": [],
    "x = []\nx.append(x)\ny = str(x)\nz = x == x": [],
    "x = range(10**30)\ny = 10**29 in x": [],
    "import builtins\ndel builtins.len\nx = len('a')": [],
    "class M(type):\n    def __call__(cls):\n        return 3\nclass A(metaclass=M):\n    pass": [],
    "x = '{0.__class__.__mro__}'.format(1)": [],
    "x = ().__class__.__bases__[0].__subclasses__()": [],
    "exec('import os')": ["A2D015"],
    "import os\nx = os.system('rm -rf /')": [],
    "import subprocess\nx = subprocess.check_output(['ls'])": [],
    "def g():\n    n = 0\n    while True:\n        yield n\nfor i in g():\n    break": [],
    "del print": ["A2D008"],
    "import sys\nsys.exit(1)": ["A2D008"],
    "raise ValueError('boo')": ["A2D008"],
    "len()": ["A2D008"],
    "None.foo": ["A2D008"],
    "class A(A):\n    pass": ["A2D008"],
    "x = (": ["A2D001"],
    "x = 1\0": ["A2D001"],
    "x = " + "(" * 500 + ")" * 500: ["A2D001"],
    "x = " + "-" * 20_000 + "1": ["A2D001"],
}


@pytest.mark.parametrize("program", QUIET, ids=lambda p: p[:40])
def test_findings(program: str) -> None:
    assert run(program, bounds=SMALL).codes == QUIET[program]


def test_long_chains_do_not_recurse() -> None:
    assert run("x = 1" + " + 1" * 5_000)["x"] == 5_001


def test_many_unknown_conditions_do_not_fork() -> None:
    program = "import os\nL = []\n" + "".join(f"if os.environ['A{i}']:\n    L.append({i})\n" for i in range(200))
    began = time.monotonic()
    result = run(program)
    assert time.monotonic() - began < 5
    assert result["L"] == list(range(200))
