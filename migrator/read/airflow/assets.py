"""Assets (datasets before 3.0), their conditions and aliases, and `@asset`.

https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/assets.html
"""

from __future__ import annotations

from typing import Any, Literal

from ...airflow_model import AssetCondition, AssetRef
from ...records import dataclass
from ...source import Span
from ..host import Arg, At, HostClass, HostObject
from ..objects import UserFunction
from .dags import make_dag
from .operators import OperatorClass, new_task, place
from .session import Method, Session, as_host, bound
from .taskflow import TaskDecorated, _node
from .tasks import TaskObject


class AssetBase(HostObject):
    """Whatever may stand in a schedule or in inlets and outlets."""

    __slots__ = ()

    def frozen(self) -> AssetRef | AssetCondition:
        raise NotImplementedError

    def binary(self, op: str, other: Any, reflected: bool, at: At) -> Any:
        host = as_host(other)
        if op in ("&", "|") and isinstance(host, AssetBase):
            left, right = (host, self) if reflected else (self, host)
            kind: Literal["and", "or"] = "and" if op == "&" else "or"
            return AssetGroup(kind, (*_flat(left, kind), *_flat(right, kind)))
        if op in ("==", "!="):
            same = isinstance(host, AssetBase) and self.frozen() == host.frozen()
            return same == (op == "==")
        return NotImplemented


def _flat(asset: AssetBase, kind: str) -> tuple[AssetBase, ...]:
    return asset.items if isinstance(asset, AssetGroup) and asset.kind == kind else (asset,)


@dataclass(slots=True, eq=False)
class AssetObject(AssetBase):
    """`Asset(...)`, `Dataset(...)`, `AssetAlias(...)`, `Asset.ref(...)`."""

    name: Any
    uri: Any
    kind: Literal["asset", "alias"] = "asset"
    group: Any = "asset"
    extra: Any = None
    dag_id: str | None = None

    def describe(self) -> str:
        return f"asset {self.name!r}"

    def frozen(self) -> AssetRef:
        group = self.group if isinstance(self.group, str) else "asset"
        return AssetRef(self.name, self.uri, self.kind, group, extra=bool(self.extra))

    def text(self, at: At) -> Any:
        return at.unknown(self.describe())

    def attribute(self, name: str, at: At) -> Any:
        match name:
            case "name" | "uri" | "group" | "extra":
                return getattr(self, name)
        return at.unknown(f"Asset.{name}")


@dataclass(slots=True, eq=False)
class AssetGroup(AssetBase):
    """`a & b`, `a | b`, `AssetAll(...)`, `AssetAny(...)`."""

    kind: Literal["and", "or"]
    items: tuple[AssetBase, ...]

    def describe(self) -> str:
        return "a condition on assets"

    def frozen(self) -> AssetCondition:
        return AssetCondition(self.kind, tuple(item.frozen() for item in self.items))


@dataclass(slots=True, eq=False)
class AssetClass(HostClass):
    """`Asset`, `Dataset`, `Model`, `AssetAlias`, `AssetAll`, `AssetAny` and their older names."""

    name: str

    def describe(self) -> str:
        return self.name

    def call(self, args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
        if self.name.endswith(("All", "Any")):
            items = tuple(h for a in args if isinstance(h := as_host(a.value), AssetBase))
            if len(items) != len(args):
                return at.unknown(f"{self.name} of something unknown")
            return AssetGroup("and" if self.name.endswith("All") else "or", items)
        return self._asset(args, kwargs)

    def _asset(self, args: list[Arg], kwargs: dict[str, Arg]) -> AssetObject:
        first = "uri" if self.name == "Dataset" or (len(args) == 1 and "name" in kwargs) else "name"
        found = {n: a.value for n, a in bound(args, kwargs, first, "uri" if first == "name" else "extra").items()}
        name, uri = found.get("name"), found.get("uri")
        uri = None if isinstance(uri, dict) else uri  # the second positional argument of Airflow 2's Dataset is `extra`
        if self.name.endswith("Alias"):
            return AssetObject(name, None, "alias", found.get("group", "asset"))
        # One of the two stands for both (airflow/sdk/definitions/asset/__init__.py).
        return AssetObject(
            uri if name is None else name,
            name if uri is None else uri,
            "asset",
            found.get("group", "asset"),
            found.get("extra"),
        )

    def construct(self, instance: Any, args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
        instance.host = self._asset(args, kwargs)
        return None

    def attribute(self, name: str, at: At) -> Any:
        if name == "ref":
            return Method(name, lambda a, k, at: _reference(k))
        return at.unknown(f"{self.name}.{name}")


def _reference(kwargs: dict[str, Arg]) -> AssetObject:
    """`Asset.ref(…)`: an asset by its name or its URI alone."""
    found = {name: arg.value for name, arg in kwargs.items()}
    return AssetObject(found.get("name"), found.get("uri"))


# --- @asset --------------------------------------------------------------------------------------------------

_ASSET_ONLY = frozenset({"name", "uri", "group", "extra", "watchers", "outlets", "dag_id"})


@dataclass(slots=True, eq=False)
class AssetDecorator(HostObject):
    """`@asset(schedule=…)` and `@asset.multi(outlets=…)`: a DAG of one task that makes the asset (Airflow 3)."""

    session: Session
    multi: bool = False
    kwargs: dict[str, Arg] | None = None

    def describe(self) -> str:
        return "@asset.multi" if self.multi else "@asset"

    def attribute(self, name: str, at: At) -> Any:
        return AssetDecorator(self.session, True) if name == "multi" else at.unknown(f"asset.{name}")

    def call(self, args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
        if self.kwargs is None:
            return AssetDecorator(self.session, self.multi, kwargs)
        target = args[0].value if args else None
        function = target.function if isinstance(target, TaskDecorated) else target
        if not isinstance(function, UserFunction):
            return at.unknown("@asset on something that is not a function of the file")
        return self._define(self.kwargs, target, function, at)

    def _define(self, kwargs: dict[str, Arg], target: Any, function: UserFunction, at: At) -> AssetBase:
        name = kwargs["name"].value if "name" in kwargs and not self.multi else function.name
        made: AssetBase
        if self.multi:
            outlets = kwargs["outlets"].value if "outlets" in kwargs else ()
            items = (
                tuple(h for o in outlets if isinstance(h := as_host(o), AssetBase))
                if isinstance(outlets, (list, tuple, set))
                else ()
            )
            made = AssetGroup("and", items)
        else:
            made = AssetObject(
                name,
                kwargs["uri"].value if "uri" in kwargs else name,
                "asset",
                _value(kwargs, "group", "asset"),
                _value(kwargs, "extra"),
            )
        dag_id = kwargs.get("dag_id") or Arg(name, _node(function.name, at), at)
        dag_kwargs = {n: a for n, a in kwargs.items() if n not in _ASSET_ONLY}
        catchup = Arg(False, _node(function.name, at), at)
        dag = make_dag(self.session, [], {"dag_id": dag_id, **dag_kwargs, "catchup": catchup}, at)
        dag.span = _span(function, at)
        dag.enter(at)
        try:
            self._task(kwargs, made, target, function, at)
        finally:
            dag.exit(at)
        return made

    def _task(self, kwargs: dict[str, Arg], made: AssetBase, target: Any, function: UserFunction, at: At) -> None:
        outlets = Arg(list(made.items) if isinstance(made, AssetGroup) else [made], _node(function.name, at), at)
        if isinstance(target, TaskDecorated):
            TaskDecorated(
                self.session, target.kind, function, {**target.settings, "outlets": outlets}, span=target.span
            ).call([], {}, at)
            return
        cls = OperatorClass(self.session, "airflow.sdk.definitions.asset.decorators._AssetMainOperator")
        inlets = [AssetObject(n, None) for n in _inlets(function)]
        settings = {
            "task_id": Arg(function.name, _node(function.name, at), at),
            "outlets": outlets,
            "inlets": Arg(inlets, _node(function.name, at), at),
        }
        task = new_task(self.session, cls, settings, at, origin="decorator")
        _main_operator(task, function, _span(function, at))
        place(task, settings, at)


def _main_operator(task: TaskObject, function: UserFunction, span: Span) -> None:
    task.operator = "_AssetMainOperator"
    task.function = function
    task.decorator = "asset"
    task.span = span
    task.bases = ("airflow.providers.standard.operators.python.PythonOperator", "airflow.sdk.BaseOperator")


def _inlets(function: UserFunction) -> list[str]:
    """Parameters without a default name assets that are read."""
    own = function.node.args
    names = [a.arg for a in (*own.posonlyargs, *own.args)]
    names = names[: len(names) - len(own.defaults)]
    names += [a.arg for a, d in zip(own.kwonlyargs, own.kw_defaults, strict=True) if d is None]
    return [n for n in names if n not in ("self", "context", "outlet_events")]


def _span(function: UserFunction, at: At) -> Span:
    return at.span_of(function.node)


def _value(kwargs: dict[str, Arg], name: str, default: Any = None) -> Any:
    return kwargs[name].value if name in kwargs else default
