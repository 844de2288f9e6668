"""What the calls of Airflow's own interfaces ask for: the details of pulls, pushes, Variables and hooks."""

from __future__ import annotations

import ast

from ..airflow_model import Unknown, Value
from .origins import Origins
from .places import span_of

_PULL = ("task_ids", "dag_id", "key", "include_prior_dates")
# Hooks whose first parameter is not the connection id, and where that one is.
_CONN_AT = {"HttpHook": 1, "HttpAsyncHook": 1}


def arguments(node: ast.Call, names: tuple[str, ...]) -> dict[str, ast.expr]:
    """The arguments of a call by name; `*` and `**` where it unpacks something."""
    given: dict[str, ast.expr] = {}
    for index, value in enumerate(node.args):
        if isinstance(value, ast.Starred):
            given["*"] = value
            break
        if index < len(names):
            given[names[index]] = value
    for keyword in node.keywords:
        given[keyword.arg or "**"] = keyword.value
    return given


def pull(node: ast.Call, origins: Origins) -> dict[str, Value]:
    """What an `xcom_pull` asks for; what it may be given by `*` or `**` is Unknown."""
    given = arguments(node, _PULL)
    absent = origins.literals.unknown(node) if "**" in given or "*" in given else None

    def value(name: str, default: Value = None) -> Value:
        return origins.literal(given[name]) if name in given else (absent or default)

    details: dict[str, Value] = {
        "task_ids": value("task_ids"),
        "key": value("key", "return_value"),
        "default": value("default"),
        "has_default": "default" in given,
        "dag_id": value("dag_id"),
        "include_prior_dates": value("include_prior_dates", False),
        "map_indexes": value("map_indexes"),
    }
    if "run_id" in given:
        details["run_id"] = value("run_id")
    if "default" in given:
        details["default_span"] = span_of(given["default"], origins.source)
    task_ids = given.get("task_ids")
    if task_ids is not None and isinstance(details["task_ids"], Unknown):
        among = origins.literals.among(task_ids)
        if among is not None:
            details["task_ids_among"] = among
    if isinstance(task_ids, ast.Name):
        scope = origins.names.loads.get(task_ids)
        bindings = scope.bindings.get(task_ids.id, ()) if scope is not None else ()
        if any(binding.kind == "parameter" for binding in bindings):
            details["task_ids_parameter"] = task_ids.id
    return details


def push(node: ast.Call, origins: Origins) -> dict[str, Value]:
    """The key of an `xcom_push` or a `Variable.set`, and the span of its value."""
    given = arguments(node, ("key", "value"))
    key = origins.literal(given["key"]) if "key" in given else origins.literals.unknown(node)
    return {"key": key, "value": span_of(given["value"], origins.source) if "value" in given else None}


def read_variable(node: ast.Call, origins: Origins, json: bool | None) -> dict[str, Value]:
    """What a `Variable.get`, or with `json` given a `var.value.get` or `var.json.get`, asks for."""
    given = arguments(node, ("key", "default", "deserialize_json"))
    value = given.get("default", given.get("default_var"))
    as_json: Value = json
    if as_json is None:
        as_json = origins.literal(given["deserialize_json"]) if "deserialize_json" in given else False
    return {
        "key": origins.literal(given["key"]) if "key" in given else origins.literals.unknown(node),
        "has_default": value is not None,
        "default": None if value is None else origins.literal(value),
        "default_span": None if value is None else span_of(value, origins.source),
        "deserialize_json": as_json,
    }


def hook(node: ast.Call, name: str, origins: Origins) -> dict[str, Value]:
    """The connection a hook is made for, and what else it is given."""
    keywords = {k.arg: k.value for k in node.keywords if k.arg}
    named = [k for k in keywords if k == "conn_id"] + [k for k in keywords if k.endswith("_conn_id")]
    index = _CONN_AT.get(name, 0)
    conn_id: Value = None
    if named:
        conn_id = origins.literal(keywords[named[0]])
    elif len(node.args) > index:
        conn_id = origins.literal(node.args[index])
    elif len(keywords) < len(node.keywords):
        conn_id = origins.literals.unknown(node)
    return {
        "conn_id": conn_id,
        "conn_argument": named[0] if named else None,
        "arguments": tuple(origins.literal(argument) for argument in node.args),
        "keywords": tuple((k, origins.literal(value)) for k, value in keywords.items()),
    }
