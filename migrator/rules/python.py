"""Tasks that call a Python function: PythonOperator, `@task`, and their relatives with another interpreter."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import field
from typing import Any, Literal

from ..airflow_model import Deferred, Function, Symbol, Value
from ..dagster_model import Body
from ..records import dataclass
from .api import Result, TaskView, rule
from .text import call, finish, has, pushes


@dataclass(frozen=True, slots=True)
class Call:
    """What a task calls its function with. `starred` are arguments whose number is not known, as text."""

    args: list[Value]
    kwargs: dict[str, Value]
    starred: list[str] = field(default_factory=list)
    with_context: bool = True


@rule("airflow.providers.standard.operators.python.PythonOperator")
def python_operator(view: TaskView) -> Result:
    """The asset is the function itself, its body carried over as it was written; the return value is the asset's value.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/operators/python.html
    Dagster: https://docs.dagster.io/guides/build/assets/defining-assets
    """
    return function_asset(view, classic_call(view))


@rule("@task", "@task.python", "airflow.providers.standard.decorators.python._PythonDecoratedOperator")
def task_decorator(view: TaskView) -> Result:
    """The asset is the decorated function itself; values passed to the call become inputs or assignments.

    Airflow: https://airflow.apache.org/docs/apache-airflow/stable/tutorial/taskflow.html
    Dagster: https://docs.dagster.io/guides/build/assets/passing-data-between-assets
    """
    return function_asset(view, decorated_call(view))


@rule("airflow.providers.standard.operators.python.PythonVirtualenvOperator", fidelity="approximate")
def python_virtualenv_operator(view: TaskView) -> Result:
    """The function runs in the project's own environment, which must have what the virtual environment would.

    Differs: no virtual environment is made: the function runs in the process of the asset, with the packages and the
        Python of the project.
    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/operators/python.html#pythonvirtualenvoperator
    Dagster: https://docs.dagster.io/deployment/code-locations
    """
    return _isolated(view, classic_call(view))


@rule(
    "@task.virtualenv",
    "airflow.providers.standard.decorators.python_virtualenv._PythonVirtualenvDecoratedOperator",
    fidelity="approximate",
)
def task_virtualenv(view: TaskView) -> Result:
    """The function runs in the project's own environment, which must have what the virtual environment would.

    Differs: no virtual environment is made: the function runs in the process of the asset, with the packages and the
        Python of the project.
    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/operators/python.html#pythonvirtualenvoperator
    Dagster: https://docs.dagster.io/deployment/code-locations
    """
    return _isolated(view, decorated_call(view))


@rule("airflow.providers.standard.operators.python.ExternalPythonOperator", fidelity="approximate")
def external_python_operator(view: TaskView) -> Result:
    """The function runs in the project's own environment, which must have what the named interpreter has.

    Differs: the interpreter that `python` names is not used: the function runs in the process of the asset.
    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/operators/python.html#externalpythonoperator
    Dagster: https://docs.dagster.io/deployment/code-locations
    """
    return _isolated(view, classic_call(view))


@rule(
    "@task.external_python",
    "airflow.providers.standard.decorators.external_python._PythonExternalDecoratedOperator",
    fidelity="approximate",
)
def task_external_python(view: TaskView) -> Result:
    """The function runs in the project's own environment, which must have what the named interpreter has.

    Differs: the interpreter that `python` names is not used: the function runs in the process of the asset.
    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/operators/python.html#externalpythonoperator
    Dagster: https://docs.dagster.io/deployment/code-locations
    """
    return _isolated(view, decorated_call(view))


def classic_call(view: TaskView) -> Call:
    """The arguments of an operator with `op_args`, `op_kwargs` and `templates_dict`, which are all templated."""
    view.value("python_callable")
    args = view.value("op_args")
    kwargs = view.value("op_kwargs")
    starred = []
    if args is not None and not isinstance(args, list | tuple):
        starred.append(f"*{view.rendered(args)}")
    if kwargs is not None and not isinstance(kwargs, dict):
        starred.append(f"**{view.rendered(kwargs)}")
    named: dict[str, Value] = dict(kwargs) if isinstance(kwargs, dict) else {}
    if has(view, "templates_dict"):
        named["templates_dict"] = view.value("templates_dict")
    _template_extensions(view, [args, kwargs, view.value("templates_dict")])
    return Call(
        list(args) if isinstance(args, list | tuple) else [],
        _accepted(view, named),
        starred,
        _with_context(view),
    )


def decorated_call(view: TaskView) -> Call:
    """The arguments of a decorated function, as the DAG file calls it; strings in them are templates, too."""
    task = view.task
    args = [a.value for a in task.op_args]
    kwargs = {a.name: a.value for a in task.op_kwargs}
    if has(view, "templates_dict"):
        kwargs["templates_dict"] = view.value("templates_dict")
    _template_extensions(view, [*args, *kwargs.values()])
    return Call(args, _accepted(view, kwargs))


def call_text(view: TaskView, function: Function, given: Call) -> str:
    """An expression that calls the task's function with its arguments."""
    args = [view.rendered(value) for value in given.args]
    kwargs = {name: view.rendered(value) for name, value in given.kwargs.items()}
    return view.call_function(function, [*args, *given.starred], kwargs, with_context=given.with_context)


def function_text(view: TaskView, given: Call) -> str | Result:
    """An expression that calls the task's function, whoever's it is; a manual Result where it is not known."""
    function = view.task.function
    if function is not None:
        return call_text(view, function, given)
    if not isinstance(view.value("python_callable"), Symbol | Deferred):
        return view.manual("A2D205", "Its function could not be found.")
    # A library's function: Airflow would pass the context to any `**kwargs`, which no library function wants.
    args = [view.rendered(value) for value in given.args]
    kwargs = {name: view.rendered(value) for name, value in given.kwargs.items()}
    return call(view.code("python_callable"), *args, *given.starred, **kwargs)


def may_raise_skip(function: Function | None) -> bool:
    """Whether the function's own body raises AirflowSkipException."""
    uses = function.uses if function is not None else ()
    return any(use.kind == "raises" and use.name.endswith(".AirflowSkipException") for use in uses)


def function_asset(view: TaskView, given: Call) -> Result:
    """The task's function as an asset, called with these arguments."""
    view.drop("show_return_value_in_logs", "Dagster does not log return values.")
    function = view.task.function
    if function is not None and function.is_generator and (function.is_async or not pushes(view)):
        return view.manual("A2D202", "The function is a generator, whose items Airflow takes as asset metadata.")
    _multiple_outputs(view, function)
    result: dict[str, Any] = {"kinds": ("python",), "may_skip": may_raise_skip(function)}
    if function is None or given.starred or function.is_async or (function.returns_value and not pushes(view)):
        return _called(view, function, given, result)
    body = view.function_body(function, given.args, given.kwargs, with_context=given.with_context)
    return Result(body, returns=returns(function), **result)


def decided(
    view: TaskView,
    given: Call,
    flow: Literal["branch", "short_circuit"],
    flow_arguments: tuple[tuple[str, str], ...] = (),
) -> Result:
    """A function whose value decides which tasks run next; the value counts, whether or not it is pushed."""
    view.drop("show_return_value_in_logs", "Dagster does not log return values.")
    if not pushes(view):
        flow_arguments = (*flow_arguments, ("do_xcom_push", "False"))
    function = view.task.function
    if function is None or given.starred or function.is_async or function.is_generator:
        text = function_text(view, given)
        body: Body | Result = text if isinstance(text, Result) else view.text(f"return {text}")
    else:
        body = view.function_body(function, given.args, given.kwargs, with_context=given.with_context)
    if isinstance(body, Result):
        return body
    skips = may_raise_skip(function)
    return Result(body, kinds=("python",), may_skip=skips, flow=flow, flow_arguments=flow_arguments)


def _called(view: TaskView, function: Function | None, given: Call, result: dict[str, Any]) -> Result:
    """The function kept beside the asset, whose body calls it."""
    text = function_text(view, given)
    if isinstance(text, Result):
        return text
    if function is not None and function.is_async:
        if view.dag.airflow != "3":
            return view.manual("A2D202", "The function is a coroutine, which Airflow before 3.2 does not run.")
        text = call(f"{view.library('asyncio')}.run", text)
    return finish(view, text, **result)


def returns(function: Function) -> str:
    """The asset's return annotation, as far as the value is sure to satisfy it; None where nothing is returned.

    Dagster checks a value against the annotation, items included; Airflow never looks at it. So a container's items and
    floats, for which Dagster takes no int, are left open.
    """
    if not function.returns_value:
        return "None"
    try:
        tree = ast.parse((function.returns or "Any").strip("'\""), mode="eval").body
    except SyntaxError:
        return "Any"
    return _checked(tree) or "Any"


def _checked(annotation: ast.expr) -> str | None:
    """The annotation in a form Dagster checks no more of than its type; None where there is none."""
    match annotation:
        case ast.Name(id=name) if name in _SURE:
            return _SURE[name]
        case ast.Subscript(value=ast.Name(id="Optional"), slice=inner):
            found = _checked(inner)
            return found and f"{found} | None"
        case ast.Subscript(value=outer):
            return _checked(outer)
        case ast.BinOp(left=left, op=ast.BitOr(), right=ast.Constant(value=None)):
            found = _checked(left)
            return found and f"{found} | None"
    return None


_SURE = {"str": "str", "int": "int", "bool": "bool", "bytes": "bytes"} | {
    name: name.lower() for name in ("dict", "Dict", "list", "List", "tuple", "Tuple")
}


def _multiple_outputs(view: TaskView, function: Function | None) -> None:
    """Consumers index the asset's value by key, as they pull by key in Airflow."""
    own = (function.returns or "").strip("'\"") if function is not None else ""
    if view.value("multiple_outputs") is True and not own.startswith(("dict", "Dict", "Mapping")):
        view.differs(
            "multiple_outputs: a return value that is not a dictionary fails the tasks that use its keys, not this one."
        )


def _with_context(view: TaskView) -> bool:
    """Airflow 1 passes the context only with `provide_context`; later ones always do, and ignore the argument."""
    wanted = view.value("provide_context", False)
    return view.dag.airflow != "1" or wanted is not False


def _accepted(view: TaskView, kwargs: dict[str, Value]) -> dict[str, Value]:
    """Without the keywords that Airflow leaves out because the function does not name them (2.0 and later)."""
    function = view.task.function
    if view.dag.airflow == "1" or function is None:
        return kwargs
    if any(p.kind == "var_keyword" for p in function.parameters):
        return kwargs
    names = {p.name for p in function.parameters}
    reads = {use.name for use in function.uses if use.kind in ("context", "context_all")}
    return {k: v for k, v in kwargs.items() if k in names or (k == "templates_dict" and reads & {k, ""})}


def _template_extensions(view: TaskView, values: list[Value]) -> None:
    """Airflow reads the files that arguments with these suffixes name, and fails where there is none."""
    extensions = view.value("templates_exts")
    if not extensions:
        return
    if not _all_text(extensions):
        view.unsupported("templates_exts", "Strings that name such files are passed on as they are, not read.")
        return
    named = [text for text in _strings(values) if text.endswith(tuple(extensions))]
    missing = next((text for text in named if not view.has_template_file(text)), None)
    if missing is not None:
        view.manual("A2D307", f"An argument names the file {missing!r}, which is not in the given folders.")
    if not named:
        view.drop("templates_exts", "No argument names a file with these suffixes.")


def _strings(value: Value) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list() | tuple() | set():
            for item in value:
                yield from _strings(item)
        case dict():
            yield from _strings(list(value.values()))


_ENVIRONMENT = {
    "serializer": "Nothing is passed between processes.",
    "use_dill": "Nothing is passed between processes.",
    "expect_airflow": "It only checks the other environment.",
    "expect_pendulum": "It only checks the other environment.",
    "pip_install_options": "Nothing is installed when the task runs.",
    "index_urls": "Nothing is installed when the task runs.",
    "index_urls_from_connection_ids": "Nothing is installed when the task runs.",
    "venv_cache_path": "Nothing is installed when the task runs.",
    "system_site_packages": "The function sees the packages of the project.",
}
_BEHAVIOUR = {
    "env_vars": "The function runs with the environment variables of the process.",
    "inherit_env": "The function runs with the environment variables of the process.",
    "skip_on_exit_code": "An exit code of the function's process does not skip the task: there is no such process.",
}


def _isolated(view: TaskView, given: Call) -> Result:
    """A function of another environment, run in this one."""
    in_this_environment(view)
    return function_asset(view, given)


def in_this_environment(view: TaskView) -> None:
    """What running a function here, and not in an environment of its own, makes of the arguments about that."""
    for name, reason in _ENVIRONMENT.items():
        view.drop(name, reason)
    for name, consequence in _BEHAVIOUR.items():
        view.unsupported(name, consequence)
    if has(view, "string_args"):
        view.manual("A2D202", "The function reads `virtualenv_string_args`, a global of Airflow's own script.")
    requirements = view.value("requirements")
    if requirements:
        listed = ", ".join(requirements) if _all_text(requirements) else requirements
        view.differs(
            f"The project's environment must have {listed if isinstance(listed, str) else 'its requirements'}."
        )
    if has(view, "python_version"):
        view.differs(f"It runs with the project's Python, not {view.value('python_version')}.")
    if has(view, "python"):
        interpreter = view.value("python")
        named = interpreter if isinstance(interpreter, str) else "another interpreter"
        view.differs(f"It runs with the project's Python and packages, not those of {named}.")


def _all_text(value: Value) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)
