"""What each parameter of a user's function gets when its task runs, as Airflow hands it out."""

from __future__ import annotations

from .. import airflow_model as am
from ..read.template_names import CONTEXT_NAMES
from ..records import dataclass


@dataclass(frozen=True, slots=True)
class Bound:
    """What one parameter of the function gets."""

    kind: str  # value, context, default, missing
    value: am.Value = None


def bind(
    function: am.Function, args: list[am.Value], kwargs: dict[str, am.Value], context: am.AirflowLine | None
) -> tuple[dict[str, Bound], dict[str, am.Value], list[am.Value]]:
    """What each parameter gets, what is left for `**kwargs`, and what for `*args`.

    Airflow passes the context, that of the line `context`, by name to every parameter that bears one of its names, also
    where that has a default.
    """
    names = [p for p in function.parameters if p.kind == "positional"]
    if function.self_value is not None and names:
        names = names[1:]
    kwargs = {**dict(function.bound_kwargs), **kwargs}
    args = [*function.bound_args, *args]
    found: dict[str, Bound] = {}
    for parameter, value in zip(names, args, strict=False):
        found[parameter.name] = Bound("value", value)
    rest = args[len(names) :]
    for parameter in (*names, *(p for p in function.parameters if p.kind == "keyword_only")):
        if parameter.name in found:
            continue
        if parameter.name in kwargs:
            found[parameter.name] = Bound("value", kwargs.pop(parameter.name))
        elif context is not None and from_context(parameter, context):
            found[parameter.name] = Bound("context")
        else:
            found[parameter.name] = Bound("missing" if parameter.default is None else "default", parameter.default)
    return found, kwargs, rest


def from_context(parameter: am.Parameter, line: am.AirflowLine) -> bool:
    """Whether Airflow gives the parameter a variable of its context; what the line does not have stays its default."""
    row = CONTEXT_NAMES.get(parameter.name)
    return row is not None and (line in row.lines or parameter.default is None)
