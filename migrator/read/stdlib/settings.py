"""Models of yaml, tomllib and configparser: what configuration is read with."""

from __future__ import annotations

import configparser
import importlib
from typing import TYPE_CHECKING, Any

import yaml

from ...airflow_model import Symbol
from ..objects import Native, NativeModule
from ..values import LATE
from .formats import parser, size
from .model import Names, lazy

if TYPE_CHECKING:
    from ..core import Place

try:
    tomllib: Any = importlib.import_module("tomllib")
except ImportError:  # Python 3.10
    tomllib = None


def _yaml(text: Any) -> Any:
    # The C loader gives the same and is much faster, where it was built.
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def _yaml_all(text: Any) -> Any:
    return list(yaml.load_all(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


def _yamls(machine: Any) -> dict[str, Any]:
    one, every = parser("yaml.safe_load", _yaml), parser("yaml.safe_load_all", _yaml_all)
    return {
        "safe_load": one,
        "load": one,
        "full_load": one,
        "safe_load_all": every,
        "load_all": every,
        "dump": lazy("yaml.dump", _yaml_dump),
        "safe_dump": lazy("yaml.safe_dump", _yaml_dump),
        "YAMLError": yaml.YAMLError,
        **{
            name: Symbol(f"yaml.{name}")
            for name in ("SafeLoader", "FullLoader", "Loader", "CSafeLoader", "CLoader", "BaseLoader")
        },
    }


def _yaml_dump(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    if machine.later([*args, *kwargs.values()]) is not None:
        return machine.defer_call(Symbol("yaml.safe_dump"), args, kwargs, at.node, at.frame)
    if not machine.plain(args) or len(args) != 1 or size(args[0], [200_000]) > 200_000:
        return at.unknown("yaml.dump(…)")
    return machine.guarded(lambda: yaml.safe_dump(args[0], **kwargs), at.node, at.frame)


def _config_parser(machine: Any) -> dict[str, Any]:
    return {
        "ConfigParser": lazy("configparser.ConfigParser", _config),
        "RawConfigParser": lazy("configparser.ConfigParser", _config),
        "SafeConfigParser": lazy("configparser.ConfigParser", _config),
        "NoSectionError": configparser.NoSectionError,
        "NoOptionError": configparser.NoOptionError,
    }


def _config(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    parser = configparser.ConfigParser()
    names: dict[str, Any] = {}
    missing = []

    def read(a: list[Any], k: dict[str, Any], inner: Place) -> Any:
        for file in a[0] if isinstance(a[0], list) else a[:1]:
            data = machine.finder.read(str(file)) if type(file) not in LATE else None
            if data is None:
                missing.append(file)
            else:
                machine.guarded(
                    lambda d=data: parser.read_string(d.decode("utf-8", "replace")), inner.node, inner.frame
                )
        return []

    def getter(name: str) -> Native:
        def run(a: list[Any], k: dict[str, Any], inner: Place) -> Any:
            if missing or machine.later([*a, *k.values()]) is not None:
                return inner.unknown(f"configuration {a[1:2]}")
            return machine.guarded(lambda: getattr(parser, name)(*a, **k), inner.node, inner.frame)

        return Native(f"configparser.{name}", run, lazy=True)

    names["read"] = Native("configparser.read", read, lazy=True)
    names["read_string"] = Native("configparser.read_string", lambda a, k, inner: parser.read_string(a[0]))
    for name in (
        "get",
        "getint",
        "getboolean",
        "getfloat",
        "sections",
        "options",
        "items",
        "has_section",
        "has_option",
    ):
        names[name] = getter(name)
    return NativeModule("configparser.ConfigParser", names)


NAMES: Names = {
    "yaml": _yamls,
    "tomllib": lambda machine: (
        {}
        if tomllib is None
        else {
            "loads": parser("tomllib.loads", tomllib.loads),
            "load": parser("tomllib.load", lambda data: tomllib.loads(data.decode())),
        }
    ),
    "configparser": _config_parser,
}
