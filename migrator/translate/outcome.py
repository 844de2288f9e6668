"""The outcome form: DAGs whose trigger rules, branches, mapping, setups or teardowns plain assets do not keep.

Every task stays an asset with the DAG's own edges; the runtime module's AirflowGraph lets the tasks exchange how they
ended and evaluates the rules (see runtime/compat/graph.py).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from .. import airflow_model as am
from ..dagster_model import Code, Flow, Graph, Import
from ..read.template_names import CONTEXT_NAMES
from .arguments import ManualError
from .control import equals_all_success, rule_of, unknown_rule
from .function_values import reference
from .late import late
from .names import identifier
from .pen import CannotWriteError
from .shared import Shared
from .updates import groups_of
from .view import View

if TYPE_CHECKING:
    from .task import Translated


RETRY_DELAY = 300
"""Seconds; Airflow's default, and the runtime's."""


def needed(shared: Shared) -> str:
    """Why the DAG has to be an outcome graph, for its docstring; empty where plain assets are equal."""
    reasons: list[str] = []
    if fails_fast(shared.dag) and len(shared.dag.tasks) > 1:
        reasons.append("the first task that fails stops the others")
    for task in shared.dag.tasks:
        name = f"`{task.task_id}`"
        rule = rule_of(task)
        if rule is not None and rule.decides:
            reasons.append(f"{name} decides which tasks run after it")
        elif task.mapping is not None or any(g.mapping is not None for g in groups_of(task, shared.dag)):
            reasons.append(f"{name} is mapped")
        elif task.is_setup or task.is_teardown:
            reasons.append(f"{name} is a {'setup' if task.is_setup else 'teardown'}")
        elif unknown_rule(task):
            reasons.append(f"when `{task.task_id}` runs is not known")
        elif not equals_all_success(task, shared):
            reasons.append(f"{name} ({task.trigger_rule}) looks at how other tasks ended")
    if len(reasons) > 3:
        reasons[2:] = [f"{len(reasons) - 2} more tasks likewise"]
    return "; ".join(reasons)


def fails_fast(dag: am.Dag) -> bool:
    """Whether the first task that fails stops the others (`fail_fast`, before Airflow 3 `fail_stop`)."""
    return any((a := dag.argument(name)) is not None and a.value is True for name in ("fail_fast", "fail_stop"))


def effective(task: am.Task) -> am.Task:
    """The task with the arguments that mapping gives it in the place of those it does not have yet.

    Raises ManualError where they are not known before the run.
    """
    if task.mapping is None:
        return task
    if task.mapping.kind == "expand":
        mapped = [(a, a.name, a.value) for a in task.mapping.arguments]
    else:
        mapped = [(a, name, None) for a in task.mapping.arguments for name in _keys(task, a.value)]
    arguments = tuple(replace(a, name=name, value=am.MappedArgument(name, values)) for a, name, values in mapped)
    names = {a.name for a in arguments}
    if task.decorator is not None:
        return replace(task, op_kwargs=(*(a for a in task.op_kwargs if a.name not in names), *arguments))
    return replace(task, arguments=(*(a for a in task.arguments if a.name not in names), *arguments))


def _keys(task: am.Task, value: am.Value) -> tuple[str, ...]:
    """The names that `expand_kwargs` gives: those of its literal dicts, else those the function does not have yet."""
    if isinstance(value, list | tuple) and value and all(isinstance(v, dict) for v in value):
        keys = {tuple(sorted(v)) if all(isinstance(k, str) for k in v) else None for v in value}
        if len(keys) == 1 and None not in keys:
            return tuple(value[0])
    if task.decorator is not None and task.function is not None:
        given = {a.name for a in task.op_kwargs} | CONTEXT_NAMES.keys()
        open_ = [p for p in task.function.parameters if p.name not in given]
        if all(p.kind in ("positional", "keyword_only") and _is_literal(p.default) for p in open_):
            return tuple(p.name for p in open_)
    raise ManualError("A2D403", f"Which arguments `expand_kwargs` gives `{task.task_id}` is not known before the run")


def _is_literal(default: str | None) -> bool:
    """Whether a parameter has no default, or one that is written the same anywhere."""
    if default is None:
        return True
    try:
        ast.literal_eval(default)
    except (ValueError, SyntaxError):
        return False
    return True


def manual_reason(task: am.Task, shared: Shared) -> tuple[str, str] | None:
    """(code, why) where the outcome graph has no equal."""
    if why := unknown_rule(task):
        return "A2D401", f"When `{task.task_id}` runs is not known: {why}"
    groups = mapped_groups_of(task, shared.dag)
    if len(groups) + (task.mapping is not None) > 1:
        return "A2D403", f"`{task.task_id}` is mapped inside something that is mapped"
    for group in groups:
        over = shared.mapped_groups[group.group_id]
        if isinstance(over, str):
            return "A2D403", f"The task group `{group.group_id}` of `{task.task_id}` is mapped over {over}"
    return None


def map_groups(shared: Shared) -> None:
    """Find out over what each mapped group is expanded, or why that cannot be written."""
    dag = shared.dag
    for group in dag.groups:
        members = [t for t in dag.tasks if group in groups_of(t, dag)]
        if group.mapping is None or not members:
            continue
        try:
            over = expansion(group.mapping, View(members[0], shared))
        except CannotWriteError as error:
            shared.mapped_groups[group.group_id] = error.reason
            continue
        text = ", ".join(f"{k}={v.text}" for k, v in over.items())
        needs = tuple(i for v in over.values() for i in v.imports)
        statement = f"airflow_graph.mapped_task_group({group.group_id!r}, {text})"
        shared.mapped_groups[group.group_id] = Code(statement, needs)


def check_mapping(task: am.Task, view: View, shared: Shared) -> None:
    """Raises ManualError where it cannot be written over what a task is mapped."""
    try:
        _mapping(task, view, shared)
    except CannotWriteError as error:
        raise ManualError("A2D403", f"`{task.task_id}` is mapped over {error.reason}") from error


# --- a task of the graph ------------------------------------------------------------------------------------------


def flow(translated: Translated, shared: Shared) -> Flow:
    """How a translated task takes part in the graph."""
    task, view, result, settings = translated.task, translated.view, translated.result, translated.settings
    arguments: dict[str, str] = {}
    # Where the rule is not known, the task's turn comes in any case: so the run fails for want of it.
    trigger_rule = "all_done" if unknown_rule(task) else task.trigger_rule
    if trigger_rule != "all_success" and not (task.is_teardown and trigger_rule == "all_done_setup_success"):
        arguments["trigger_rule"] = repr(trigger_rule)
    if result.flow != "plain":
        arguments["kind"] = repr(result.flow)
        arguments |= dict(result.flow_arguments)
        shared.needs_airflow_dag |= result.flow == "latest_only"
    if task.is_setup:
        arguments["is_setup"] = "True"
    if task.is_teardown:
        arguments["is_teardown"] = "True"
        fails = task.argument("on_failure_fail_dagrun")
        if fails is not None and fails.value is True:
            arguments["on_failure_fail_dagrun"] = "True"
    if settings.retry is not None:
        arguments["retries"] = str(settings.retry.max_retries)
        if settings.retry.delay != RETRY_DELAY:
            arguments["retry_delay"] = f"{settings.retry.delay:g}"
    arguments |= {k: v for k, v in view.decorator.items() if k not in ("", "dag", "task_id")}
    if any(k.startswith("on_") or k in ("hooks", "retry_exponential_backoff") for k in view.decorator):
        shared.needs_airflow_dag = True
    if view.instances:
        arguments["all_of"] = repr({name: task_id for task_id, name in view.instances.items()})
    if task.task_id in shared.keyed:
        arguments["keyed"] = "True"
    elif task.task_id in shared.multiple:
        arguments["multiple_outputs"] = "True"
    codes = {name: Code(text, tuple(sorted(view.pen.imports))) for name, text in arguments.items()}
    unfinished = translated.fidelity == "manual"
    codes |= _mapping(replace(task, mapping=None) if unfinished else task, view, shared)
    found = [*((name, None) for name in view.instances.values()), *_parameters(task, view)]
    parameters = tuple(sorted(found, key=lambda parameter: parameter[1] is not None))
    upstream = set(shared.graph.predecessors(task.task_id))
    given = {*view.inputs, *view.instances}
    if codes.keys() & {"expand", "expand_kwargs"}:
        given.update(_sources(task.mapping))
    if "group_arguments" in codes:
        given.update(_sources(mapped_groups_of(task, shared.dag)[-1].mapping))
    return Flow(
        task_id=task.task_id,
        upstream=None if upstream == given else tuple(sorted(upstream)),
        inputs=tuple((name, task_id) for task_id, name in view.inputs.items()),
        parameters=parameters,
        arguments=tuple(codes.items()),
    )


def _sources(mapping: am.Expansion | None) -> Iterator[str]:
    """The tasks whose values something is expanded over."""

    def named(value: am.Value) -> Iterator[str]:
        match value:
            case am.XComRef():
                yield value.task_id
                for _, operand in value.steps:
                    yield from named(operand)
            case list() | tuple():
                for item in value:
                    yield from named(item)
            case dict():
                yield from named(list(value.values()))

    for argument in mapping.arguments if mapping is not None else ():
        yield from named(argument.value)


def _parameters(task: am.Task, view: View) -> Iterator[tuple[str, str | None]]:
    """The parameters that mapping fills, with the user's own default where `expand_kwargs` need not give one."""
    optional = task.mapping is not None and task.mapping.kind == "expand_kwargs"
    defaults = {p.name: p.default for p in task.function.parameters} if task.function is not None and optional else {}
    for argument, name in view.mapped.items():
        yield name, defaults.get(argument)


def _mapping(task: am.Task, view: View, shared: Shared) -> dict[str, Code]:
    """The arguments that say over what the task, or its group, is expanded."""
    found: dict[str, Code] = {}
    groups = groups_of(task, shared.dag)[::-1]
    mapped_group = next((g for g in groups if g.mapping is not None), None)
    if groups and (mapped_group is not None or shared.branches):
        found["task_groups"] = Code(repr([g.group_id for g in groups]))
    if mapped_group is not None and view.mapped:
        given = {parameter: name for name, parameter in view.mapped.items()}
        same = all(parameter == name for parameter, name in given.items())
        found["group_arguments"] = Code(repr(list(given) if same else given))
    if task.mapping is not None:
        found |= expansion(task.mapping, view)
    return found


def expansion(mapping: am.Expansion, view: View) -> dict[str, Code]:
    """`expand=` or `expand_kwargs=` of a task or group."""
    imports: set[Import] = set()
    if mapping.kind in ("expand_kwargs", "group_kwargs"):
        (argument,) = mapping.arguments
        text = _over(argument.value, view, imports)
        return {"expand_kwargs": Code(text, tuple(sorted(imports | view.pen.imports)))}
    pairs = ", ".join(f"{identifier(a.name)!r}: {_over(a.value, view, imports)}" for a in mapping.arguments)
    return {"expand": Code(f"{{{pairs}}}", tuple(sorted(imports | view.pen.imports)))}


def _over(value: am.Value, view: View, imports: set[Import]) -> str:
    """As `mappable`; what may be missing when the project is loaded, such as a Variable, is asked for in the run."""
    text = mappable(value, view, imports)
    waits = isinstance(value, am.Deferred | am.EnvRef) or late(value)
    return f"lambda: {text}" if waits and not any(isinstance(p, am.XComRef) for p in parts_of(value)) else text


def mappable(value: am.Value, view: View, imports: set[Import]) -> str:
    """What something is expanded over: a literal list or dict, or what a task returns. Raises CannotWriteError."""
    match value:
        case am.XComRef():
            if value.key != "return_value":
                raise CannotWriteError(f"the key {value.key!r} of `{value.task_id}`, which Airflow refuses")
            imports.add(Import("@compat.mapping", "task_output"))
            text = f"task_output({value.task_id!r})"
            for step, operand in value.steps:
                match step, operand:
                    case "map", am.Function():
                        function = reference(operand, view)
                        text += f".map({function[1:-1] if operand.is_lambda and function[0] == '(' else function})"
                    case "zip_longest", (fill, *others):
                        parts = ", ".join(mappable(o, view, imports) for o in others)
                        text += f".zip({parts}, fillvalue={view.pen.expression(fill)})"
                    case "zip" | "concat", tuple() | list():
                        text += f".{step}({', '.join(mappable(o, view, imports) for o in operand)})"
                    case _:
                        raise CannotWriteError(f"an XCom with .{step}")
            return text
        case list() | tuple():
            return f"[{', '.join(_item(v, view, imports) for v in value)}]"
        case dict():
            return (
                "{" + ", ".join(f"{view.pen.expression(k)}: {_item(v, view, imports)}" for k, v in value.items()) + "}"
            )
        case am.Deferred() | am.EnvRef():
            return view.pen.expression(value)
    raise CannotWriteError("something that is neither a list, a dict nor what a task returns")


def parts_of(value: am.Value) -> Iterator[am.Value]:
    """A value and, of a list or dict, all that is in it."""
    yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ():
        yield from parts_of(part)


def _item(value: am.Value, view: View, imports: set[Import]) -> str:
    match value:
        case am.XComRef():
            return mappable(value, view, imports)
        case dict():
            return (
                "{" + ", ".join(f"{view.pen.expression(k)}: {_item(v, view, imports)}" for k, v in value.items()) + "}"
            )
    return view.pen.expression(value)


def mapped_groups_of(task: am.Task, dag: am.Dag) -> list[am.Group]:
    """The mapped groups a task is in, from the innermost."""
    return [g for g in groups_of(task, dag) if g.mapping is not None]


def graph(shared: Shared) -> Graph:
    """The graph itself: what all its tasks have in common, and the groups that are mapped."""
    dag = shared.dag
    arguments = {"dag_id": repr(dag.dag_id), "airflow": repr(dag.airflow)}
    imports = {Import("@compat.graph", "AirflowGraph")}
    if shared.needs_airflow_dag:
        arguments["airflow_dag"] = "airflow_dag"
    if fails_fast(dag):
        arguments["fail_fast"] = "True"
    arguments["group_name"] = repr(shared.package)
    if shared.tags:
        arguments["tags"] = repr(dict(shared.tags))
    outermost = {groups[-1].group_id for t in dag.tasks if (groups := mapped_groups_of(t, dag))}
    found = [code for group_id, code in shared.mapped_groups.items() if group_id in outermost]
    statements = [code for code in found if isinstance(code, Code)]
    codes = tuple((name, Code(text, tuple(imports))) for name, text in arguments.items())
    return Graph(codes, tuple(statements))
