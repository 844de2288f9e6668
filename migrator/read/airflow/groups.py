"""`TaskGroup`, `@task_group` and mapped task groups.

https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dags.html#taskgroups
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import field
from typing import TYPE_CHECKING, Any

from ...findings import Finding
from ...records import dataclass
from ...source import Span
from ..host import Arg, At, HostClass, HostObject
from ..objects import UserFunction
from .edges import Endpoint, LabelObject, endpoints
from .session import Session, as_host, given, text, unbound_init, values
from .tasks import Mapping, TaskObject

if TYPE_CHECKING:
    from .dags import DagObject


@dataclass(slots=True, eq=False)
class GroupObject(Endpoint):
    """A task group; `label` is its id inside its parent, None for the DAG's root group."""

    session: Session
    label: str | None
    dag: DagObject
    parent: GroupObject | None
    span: Span
    prefix: bool = True
    default_args: dict[Any, Any] = field(default_factory=dict)
    tooltip: Any = ""
    mapping: Mapping | None = None
    children: dict[str, Endpoint] = field(default_factory=dict)
    used_ids: set[str] = field(default_factory=set)
    before: list[TaskObject] = field(default_factory=list)
    instance: Any = None

    def describe(self) -> str:
        return f"group {self.group_id()!r}"

    def group_id(self) -> str | None:
        """The full id: the parent decides whether it is put in front."""
        if self.label is not None and self.parent is not None and self.parent.label is not None:
            return self.parent.child_id(self.label)
        return self.label

    def child_id(self, label: str) -> str:
        own = self.group_id()
        return f"{own}.{label}" if self.prefix and own else label

    @property
    def nameless(self) -> bool:
        """Whether its id, or that of a group around it, cannot be known."""
        return (self.label or "").startswith("?") or (self.parent is not None and self.parent.nameless)

    def walk(self) -> Iterator[GroupObject]:
        yield self
        for child in self.children.values():
            if isinstance(child, GroupObject):
                yield from child.walk()

    def find(self, group_id: str) -> GroupObject | None:
        return next((g for g in self.walk() if g.group_id() == group_id), None)

    def tasks(self) -> list[TaskObject]:
        found: list[TaskObject] = []
        for child in self.children.values():
            found += (
                child.tasks() if isinstance(child, GroupObject) else [child] if isinstance(child, TaskObject) else []
            )
        return found

    def roots(self) -> list[TaskObject]:
        inside = dict.fromkeys(self.tasks())
        return [t for t in inside if not any(u in inside for u in t.upstream)]

    def leaves(self) -> list[TaskObject]:
        """The last tasks of the group, teardowns left out (TaskGroup.get_leaves)."""
        inside = dict.fromkeys(self.tasks())
        found: dict[TaskObject, None] = {}
        for task in inside:
            if not any(d in inside for d in task.downstream):
                found.update(dict.fromkeys(_before_teardown(task, inside) if task.is_teardown else [task]))
        return list(found)

    def relate(self, other: Any, at: At, *, upstream: bool, label: str | None = None, data: bool = False) -> None:
        # An empty group passes its own upstream on, in Airflow 3 only.
        ends = self.roots() if upstream else self.leaves() or (self._before() if self.session.line == "3" else [])
        found = list(endpoints(other, self.session, at, ends or list(self.dag.tasks.values())[:1]))
        for end in found:
            self.related(end, at, upstream=upstream, label=label)
        for task in ends:
            task.relate(found, at, upstream=upstream, label=label, data=data)

    def related(self, other: Endpoint, at: At, *, upstream: bool, label: str | None) -> None:
        if upstream and not isinstance(other, (GroupObject, LabelObject)):
            self.before += other.leaves()

    def _before(self) -> list[TaskObject]:
        group: GroupObject | None = self
        while group is not None:
            if leaves := group.leaves():
                return leaves
            if group.before:
                return group.before
            group = group.parent
        return []

    # --- operations -----------------------------------------------------------------------------------------

    def enter(self, at: At) -> Any:
        self.session.open_groups.append(self)
        return self.instance if self.instance is not None else self

    def exit(self, at: At) -> None:
        if self in self.session.open_groups:
            self.session.open_groups.remove(self)
        if self.mapping is not None:
            from .tasks import references

            for g in self.mapping.arguments:
                for task in references(g.value):
                    self.relate(task, at, upstream=True, data=True)

    def attribute(self, name: str, at: At) -> Any:
        if shift := self.shift_method(name):
            return shift
        match name:
            case "group_id" | "node_id":
                return self.group_id()
            case "label" | "_group_id":
                return self.label
            case "dag":
                return self.dag
            case "default_args":
                return self.default_args
            case "children":
                return dict(self.children)
            case "parent_group" | "task_group":
                return self.parent
            case "roots" | "get_roots":
                return _maybe_method(name, self.roots)
            case "leaves" | "get_leaves":
                return _maybe_method(name, self.leaves)
            case "iter_tasks":
                return _maybe_method("get_tasks", self.tasks)
            case "prefix_group_id":
                return self.prefix
            case "tooltip":
                return self.tooltip
            case "child_id":
                return _one(
                    name, lambda label, at: self.child_id(label) if isinstance(label, str) else at.unknown(name)
                )
            case "get_child_by_label":
                return _one(name, self.item)
            case "add":
                return _one(name, self._add)
        return at.unknown(f"TaskGroup.{name}")

    def set_attribute(self, name: str, value: Any, at: At) -> None:
        if name == "tooltip":
            self.tooltip = value
        elif name == "default_args" and isinstance(value, dict):
            self.default_args = value
        elif name in ("children", "parent_group", "dag", "_group_id"):
            self.dag.unknown_effect(f"{name} of a group is assigned", at)

    def item(self, key: Any, at: At) -> Any:
        if isinstance(key, str):
            found = self.children.get(self.child_id(key))
            if found is None:
                at.raise_("NodeNotFound", f"Task {key!r} not found")
            return found
        return at.unknown("a child of a group")

    def iterate(self, at: At) -> list[Any]:
        return list(self.tasks())

    def _add(self, value: Any, at: At) -> Any:
        task = as_host(value)
        if isinstance(task, TaskObject) and task.dag is None:
            task.group, task.task_id = self, self.child_id(task.label)
            self.dag.add_task(task, at)
        elif isinstance(task, TaskObject) and task.group is self.dag.root and self.dag.tasks.get(task.task_id) is task:
            self.dag.root.children.pop(task.task_id, None)
            task.group = self
            self.children[task.task_id] = task
        elif not (isinstance(task, TaskObject) and task.group is self):
            self.dag.unknown_effect("something is added to a group by hand", at)
        return value


def _maybe_method(name: str, run: Any) -> Any:
    from .session import Method

    return Method(name, lambda *_: run()) if name.startswith("get_") else run()


def _one(name: str, run: Any) -> Any:
    from .session import Method

    return Method(name, lambda args, kwargs, at: run(next(iter([*args, *kwargs.values()])).value, at))


def _before_teardown(task: TaskObject, inside: dict[TaskObject, None]) -> Iterator[TaskObject]:
    for up in task.upstream:
        if up not in inside:
            continue
        if up.is_teardown:
            yield from _before_teardown(up, inside)
        elif task.is_teardown and up.is_setup:
            continue
        elif not any(d is not task and d in inside and not d.is_teardown for d in up.downstream):
            yield up


# --- making one ----------------------------------------------------------------------------------------------

_PARAMETERS = ("group_id", "prefix_group_id", "parent_group", "dag", "default_args", "tooltip")


def make_group(session: Session, args: list[Arg], kwargs: dict[str, Arg], at: At, *, suffix: bool = False) -> Any:
    """`TaskGroup(...)`: a collision of ids is an error, or with `suffix` (always for @task_group) gives `__1`."""
    found = values(args, kwargs, *_PARAMETERS)
    dag = as_host(found.get("dag")) or session.dag()
    parent = as_host(found.get("parent_group"))
    if parent is None and session.open_groups:
        parent = session.open_groups[-1]
    from .dags import DagObject

    if isinstance(parent, GroupObject):
        dag = parent.dag
    if not isinstance(dag, DagObject):
        if dag is None:
            at.raise_("RuntimeError", "TaskGroup can only be used inside a dag")
        session.give_up_everywhere(Finding("A2D014", "a task group in an unknown DAG", at.span), at)
        return at.unknown("a task group in an unknown DAG")
    parent = parent if isinstance(parent, GroupObject) else dag.root
    label = found.get("group_id")
    if not isinstance(label, str):
        finding = Finding(
            "A2D012", f"the id of a task group cannot be known: {text(label)}", at.span, dag_id=dag.dag_id
        )
        dag.give_up(finding, at)
        label = session.placeholder("group")
    prefix = found.get("prefix_group_id", True)
    own = found.get("default_args")
    group = GroupObject(
        session,
        label,
        dag,
        parent,
        at.span,
        prefix if isinstance(prefix, bool) else True,
        {**parent.default_args, **(own if isinstance(own, dict) else {})},
        found.get("tooltip", ""),
        used_ids=dag.root.used_ids,
    )
    suffix = suffix or found.get("add_suffix_on_collision") is True
    _avoid_collision(group, suffix, at)
    full = group.group_id() or ""
    parent.children[full] = group
    dag.root.used_ids.update((full, f"{full}.upstream_join_id", f"{full}.downstream_join_id"))
    return group


def _avoid_collision(group: GroupObject, suffix: bool, at: At) -> None:
    used, label = group.dag.root.used_ids, group.label or ""
    if group.group_id() not in used:
        return
    if not suffix:
        if at.conditional or at.repeated:
            group.dag.unknown_circumstances(at)
        else:
            at.raise_("DuplicateTaskIdFound", f"group_id '{label}' has already been added to the DAG")
    base = re.split(r"__\d+$", label)[0]
    # Airflow looks the base up without its parents' prefix, so inside a group every second collision is one of
    # `__1` again and fails there (airflow/sdk/definitions/taskgroup.py, 2.x and 3.x).
    taken = [int(m[1]) for u in used if (m := re.match(rf"^{re.escape(base)}__(\d+)$", u))]
    group.label = f"{base}__{max(taken) + 1}" if taken else f"{label}__1"


@dataclass(slots=True, eq=False)
class GroupClass(HostClass):
    """`TaskGroup` itself."""

    session: Session
    path: str = "airflow.sdk.TaskGroup"

    def describe(self) -> str:
        return "TaskGroup"

    def call(self, args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
        return make_group(self.session, args, kwargs, at)

    def construct(self, instance: Any, args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
        group = make_group(self.session, args, kwargs, at)
        if isinstance(group, GroupObject):
            group.instance = instance
            instance.host = group
        return None

    def attribute(self, name: str, at: At) -> Any:
        return unbound_init(self) if name == "__init__" else at.unknown(f"TaskGroup.{name}")


@dataclass(slots=True, eq=False)
class MappedArgumentObject(HostObject):
    """What a mapped task group's function gets for a mapped parameter: one element per map index."""

    name: str
    mapping: Mapping

    def describe(self) -> str:
        return f"mapped argument {self.name!r}"


@dataclass(slots=True, eq=False)
class GroupDecorator(HostObject):
    """`@task_group` and `@task_group(...)`."""

    session: Session
    kwargs: dict[str, Arg]

    def describe(self) -> str:
        return "@task_group"

    def call(self, args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
        if args and isinstance(args[0].value, UserFunction):
            return GroupFactory(self.session, args[0].value, {**self.kwargs, **kwargs}, {})
        return GroupDecorator(self.session, {**self.kwargs, **dict(zip(_PARAMETERS, args, strict=False)), **kwargs})


@dataclass(slots=True, eq=False)
class GroupFactory(HostObject):
    """A function decorated with `@task_group`: each call runs it inside a new group."""

    session: Session
    function: UserFunction
    kwargs: dict[str, Arg]
    partial: dict[str, Arg]

    def describe(self) -> str:
        return f"@task_group {self.function.name}"

    def attribute(self, name: str, at: At) -> Any:
        from .session import Method

        match name:
            case "override":
                return Method(
                    name, lambda a, k, _: GroupFactory(self.session, self.function, self.kwargs | k, self.partial)
                )
            case "partial":
                return Method(
                    name, lambda a, k, _: GroupFactory(self.session, self.function, self.kwargs, self.partial | k)
                )
            case "expand":
                return Method(
                    name, lambda a, k, at: self._expand(Mapping("group", [given(n, v) for n, v in k.items()]), at)
                )
            case "expand_kwargs":
                return Method(name, lambda a, k, at: self._expand_kwargs([*a, *k.values()][0], at))
            case "function" | "__wrapped__":
                return self.function
            case "__name__":
                return self.function.name
        return at.unknown(f"@task_group.{name}")

    def call(self, args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
        return self._run([a.value for a in args], {n: a.value for n, a in kwargs.items()}, None, at)

    def _expand(self, mapping: Mapping, at: At) -> Any:
        return self._mapped(mapping, [g.name for g in mapping.arguments], at)

    def _expand_kwargs(self, arg: Arg, at: At) -> Any:
        mapping = Mapping("group_kwargs", [given("kwargs", arg)])
        own = self.function.node.args
        names = [a.arg for a in (*own.posonlyargs, *own.args, *own.kwonlyargs)]
        return self._mapped(mapping, [n for n in names if n not in self.partial], at)

    def _mapped(self, mapping: Mapping, names: list[str], at: At) -> Any:
        passed = {n: a.value for n, a in self.partial.items()}
        return self._run([], passed | {n: MappedArgumentObject(n, mapping) for n in names}, mapping, at)

    def _run(self, args: list[Any], kwargs: dict[str, Any], mapping: Mapping | None, at: At) -> Any:
        settings = dict(self.kwargs)
        settings.setdefault("group_id", Arg(self.function.name, _name_node(self.function), at))
        group = make_group(self.session, [], settings, at, suffix=True)
        if not isinstance(group, GroupObject):
            return group
        group.mapping = mapping
        docstring = None if isinstance(self.function.node, ast.Lambda) else ast.get_docstring(self.function.node)
        group.tooltip = group.tooltip or docstring or ""
        group.enter(at)
        try:
            result = at.call(self.function, args, kwargs)
        finally:
            group.exit(at)
        return group if result is None else result


def _name_node(function: UserFunction) -> ast.expr:
    """An expression at the function's place, for an id that is its name."""
    return ast.copy_location(ast.Constant(function.name), function.node)
