"""Jinja as Airflow sets it up: its filters, a sandbox, and values rendered through nested structures.

https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/operators.html#jinja-templating
https://airflow.apache.org/docs/apache-airflow/stable/templates-ref.html#filters
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast

import jinja2
import jinja2.nativetypes
import jinja2.sandbox


def ds(value: date | None) -> str | None:
    """2024-01-31"""
    return None if value is None else value.strftime("%Y-%m-%d")


def ds_nodash(value: date | None) -> str | None:
    """20240131"""
    return None if value is None else value.strftime("%Y%m%d")


def ts(value: datetime | None) -> str | None:
    """2024-01-31T06:00:00+00:00"""
    return None if value is None else value.isoformat()


def ts_nodash(value: date | None) -> str | None:
    """20240131T060000"""
    return None if value is None else value.strftime("%Y%m%dT%H%M%S")


def ts_nodash_with_tz(value: datetime | None) -> str | None:
    """20240131T060000+0000"""
    return None if value is None else value.isoformat().replace("-", "").replace(":", "")


FILTERS: Mapping[str, Callable[..., Any]] = {
    "ds": ds,
    "ds_nodash": ds_nodash,
    "ts": ts,
    "ts_nodash": ts_nodash,
    "ts_nodash_with_tz": ts_nodash_with_tz,
}


class _Sandbox(jinja2.sandbox.SandboxedEnvironment):
    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        # Airflow lets templates read names with one leading underscore, unlike Jinja's own sandbox.
        return not jinja2.sandbox.is_internal_attribute(obj, attr)


def make_environment(
    *,
    native: bool = False,
    searchpath: Sequence[str] = (),
    undefined: type[jinja2.Undefined] = jinja2.StrictUndefined,
    options: Mapping[str, Any] | None = None,
    macros: Mapping[str, Any] | None = None,
    filters: Mapping[str, Callable[..., Any]] | None = None,
) -> jinja2.Environment:
    """The environment a DAG's templates are rendered in; `options` are its `jinja_environment_kwargs`."""
    settings: dict[str, Any] = {
        "loader": jinja2.FileSystemLoader(list(searchpath)),
        "undefined": undefined,
        "extensions": ["jinja2.ext.do"],
        "cache_size": 0,
        **(options or {}),
    }
    # Airflow's environment for native objects is no sandbox.
    environment = jinja2.nativetypes.NativeEnvironment(**settings) if native else _Sandbox(**settings)
    environment.filters.update(FILTERS)
    environment.globals.update(macros or {})
    environment.filters.update(filters or {})
    return environment


def render(value: Any, variables: Mapping[str, Any], environment: jinja2.Environment) -> Any:
    """`value` with the templates rendered in its strings, in nested lists, tuples, sets and the values of dicts.

    Anything else is returned as it is, but for objects with `template_fields`: these attributes are rendered in place.
    Raises what Jinja raises, for an undefined name as well.
    """
    return _render(value, variables, environment, set())


def _render(value: Any, variables: Mapping[str, Any], environment: jinja2.Environment, seen: set[int]) -> Any:
    def inner(item: Any) -> Any:
        return _render(item, variables, environment, seen)

    if isinstance(value, str):
        return _render_text(value, variables, environment)
    if isinstance(value, tuple):
        items = [inner(item) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    if isinstance(value, list):
        return [inner(item) for item in value]
    if isinstance(value, dict):
        return {key: inner(item) for key, item in value.items()}
    if isinstance(value, set):
        return {inner(item) for item in value}
    if id(value) not in seen:
        seen.add(id(value))
        for name in getattr(value, "template_fields", ()):
            if field := getattr(value, name):
                setattr(value, name, inner(field))
    return value


def native_value(value: Any) -> Any:
    """What a template of one expression gives with native types: the value, but for text that is a Python literal.

    `"{{ ds_nodash }}"` is a number then, and text that looks like a list is one.
    """
    return jinja2.nativetypes.native_concat([value])


class _Names(Mapping[str, Any]):
    """What a template can name: the run's variables, which hide macros of the same name, and those.

    Looked up one by one, not as one dict, for some of the variables are costly and some fail.
    """

    def __init__(self, variables: Mapping[str, Any], macros: Mapping[str, Any]) -> None:
        self._variables, self._macros = variables, macros

    def __getitem__(self, name: str) -> Any:
        return self._variables[name] if name in self._variables else self._macros[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**dict.fromkeys(self._variables), **dict.fromkeys(self._macros)})

    def __len__(self) -> int:
        return len(list(iter(self)))

    def copy(self) -> dict[str, Any]:
        """What Jinja shows a debugger as local variables after an error."""
        return {}


def _render_text(text: str, variables: Mapping[str, Any], environment: jinja2.Environment) -> Any:
    template = environment.from_string(text)
    names = cast("dict[str, Any]", _Names(variables, template.globals))
    try:
        parts = template.root_render_func(environment.context_class(environment, names, template.name, template.blocks))
        if isinstance(environment, jinja2.nativetypes.NativeEnvironment):
            return jinja2.nativetypes.native_concat(parts)
        return "".join(parts)
    except Exception:
        environment.handle_exception()
