"""`migrator.records.dataclass` makes what the standard library's makes, and inspecting imports nothing slow."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from migrator import records

OPTIONS = (
    {"frozen": True, "slots": True},
    {"slots": True},
    {"slots": True, "eq": False},
    {"frozen": True, "slots": True, "eq": False},
    {"frozen": True, "slots": True, "order": True},
    {"frozen": True},
)
MAKERS = (records.dataclass, dataclasses.dataclass)


def make(maker: Callable[..., Any], options: dict[str, bool]) -> tuple[Any, Any]:
    """A class, and one that inherits from it."""

    @maker(**options)
    class Base:
        """Documented."""

        name: str
        number: int = 3
        items: list[int] = dataclasses.field(default_factory=list, compare=False)
        hidden: str = dataclasses.field(default="h", repr=False, hash=False)

    @maker(**options)
    class Derived(Base):
        """Documented, too."""

        number: int = 4
        later: str = dataclasses.field(init=False, default="l")
        more: dict[str, int] = dataclasses.field(init=False, default_factory=dict, compare=False)

        def __post_init__(self) -> None:
            self.items.append(9)

    return Base, Derived


def seen(cls: Any, options: dict[str, bool]) -> list[object]:
    """What can be told of a class and its objects from outside."""
    one, other, named = cls("x", 1, [1]), cls("x", 1, [2]), cls(hidden="g", name="x")
    found: list[object] = [repr(one), repr(named), one == one, one == other, one == named, one == ("x",), one != other]
    found += [[f.name for f in dataclasses.fields(cls)], cls.__match_args__, cls.__doc__, cls.__qualname__]
    found += [named.items is not cls("x").items, dataclasses.asdict(one), hasattr(one, "__dict__")]
    found += [repr(dataclasses.replace(one, name="y")), repr(copy.copy(one)), repr(copy.deepcopy(one))]
    for act in (
        lambda: setattr(one, "name", "z"),
        lambda: delattr(one, "name"),
        lambda: cls(),
        lambda: cls("a", 1, [], "h", 5, 6),
        lambda: cls("a", wrong=1),
    ):
        try:
            found.append(act())
        except Exception as error:
            found.append((type(error).__name__, str(error)))
    found.append(repr(one) if options.get("frozen") else "")
    if cls.__hash__ is None:
        return [*found, "no hash"]
    same = cls("x", 1, [5])
    return [*found, hash(same) == hash(same), hash(same) == hash(cls("x", 1, [6])), len({same, cls("x", 1, [7])})]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("which", [0, 1], ids=["base", "derived"])
def test_classes_are_those_of_the_standard_library(options: dict[str, bool], which: int) -> None:
    ours, theirs = (make(maker, options)[which] for maker in MAKERS)
    assert seen(ours, options) == seen(theirs, options)


@records.dataclass(frozen=True, slots=True)
class Kept:
    """At the top of a module, where pickle finds it."""

    name: str
    inner: Kept | None = None
    made: list[str] = dataclasses.field(default_factory=list)


def test_frozen_objects_are_pickled() -> None:
    kept = Kept("a", Kept("b", made=["c"]))
    assert pickle.loads(pickle.dumps(kept)) == kept
    assert pickle.loads(pickle.dumps(kept)).inner.made == ["c"]


def test_an_object_that_holds_itself_is_shown() -> None:
    kept = Kept("a")
    kept.made.append(kept)  # type: ignore[arg-type]
    assert repr(kept) == "Kept(name='a', inner=None, made=[...])"


def test_inspecting_imports_nothing_that_only_a_conversion_needs(tmp_path: Any) -> None:
    (tmp_path / "dag.py").write_text("from airflow.sdk import DAG\nwith DAG('d'):\n    pass\n")
    code = (
        "import sys; from migrator.cli import main; main(['inspect', sys.argv[1], '--format', 'json']); "
        "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert '"dag_id": "d"' in done.stdout
    slow = {"jinja2", "libcst", "networkx", "dagster", "airflow", "sqlglot", "pygments", "rich", "yaml"}
    assert not slow & set(done.stderr.split())
