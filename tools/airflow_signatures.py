"""Reads operator, sensor and hook classes from source: bases, arguments, defaults and templated fields.

Used by `airflow_tables.py`. A default is evaluated where that needs no running code: literals, constants,
members of enumerations, `timedelta`, and configuration options by the defaults Airflow ships; any other is
kept as its expression.
"""

from __future__ import annotations

import ast
import configparser
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from airflow_source import Module, World
from airflow_values import (
    ATTRS,
    CONVERTERS,
    Json,
    Seconds,
    Unknown,
    assigned,
    decorators,
    encode,
    field_options,
    linearise,
    number,
    says,
)

KINDS = {
    "airflow.sdk.BaseSensorOperator": "sensor",
    "airflow.sdk.BaseOperator": "operator",
    "airflow.sdk.BaseHook": "hook",
    "airflow.sdk.BaseNotifier": "notifier",
}
"""The class that makes a class of a kind, the most particular first."""


class Classes:
    """The classes of one Airflow line that a DAG file can use, as records for the data files."""

    def __init__(self, world: World, canonical: Callable[[str], str], core_only: bool = False) -> None:
        self.world = world
        self.canonical = canonical
        self.core_only = core_only
        self._found: dict[str, tuple[Module, ast.ClassDef]] = {}
        self._kinds: dict[str, str] = {}
        self._scope: ast.ClassDef | None = None

    def records(self) -> dict[str, Json]:
        """Canonical path to record, for every class of a known kind, what they derive from, and
        `airflow.sdk`.
        """
        wanted: dict[str, str] = {}
        for name in sorted(self.world.files):
            if self.core_only and name.startswith("airflow.providers."):
                continue
            if {"example_dags", "serialization"} & set(name.split(".")):
                continue
            module = self.world.module(name)
            for item, tree in module.definitions.items() if module else ():
                path = f"{name}.{item}"
                if isinstance(tree, ast.ClassDef) and self._wanted(path):
                    wanted[path] = self.canonical(path)
        for path in list(wanted):
            for base in self.mro(path):
                if base.startswith("airflow.") and self._class(base):
                    wanted.setdefault(base, self.canonical(base))
        records: dict[str, Json] = {}

        def rank(path: str) -> tuple[bool, bool, str]:
            """Where several classes have one canonical path: the SDK's own first, then the one of that name."""
            same_name = path.rpartition(".")[2] == wanted[path].rpartition(".")[2]
            return not path.startswith("airflow.sdk."), not same_name, path

        for path in sorted(wanted, key=rank):
            target = wanted[path]
            if target in records or target in {self.canonical(base) for base in self.bases(path)}:
                continue
            records[target] = self.record(path)
        return records

    def _wanted(self, path: str) -> bool:
        name = path.rpartition(".")[2]
        if self.canonical(path).startswith("airflow.sdk.") and self.canonical(path).count(".") == 2:
            return True
        return self.kind(path) != "other" and (not name.startswith("_") or name.endswith("Operator"))

    def _class(self, path: str) -> tuple[Module, ast.ClassDef] | None:
        found = self.world.definition(path)
        return found if found and isinstance(found[1], ast.ClassDef) else None  # type: ignore[return-value]

    def bases(self, path: str) -> list[str]:
        """The homes of a class's bases, in order."""
        found = self._class(path)
        if found is None:
            return []
        module, tree = found
        return [home for home in (self._home(module, base) for base in tree.bases) if home]

    def _home(self, module: Module, node: ast.expr) -> str | None:
        if isinstance(node, ast.Subscript):
            return self._home(module, node.value)
        dotted = ast.unparse(node)
        if not all(part.isidentifier() for part in dotted.split(".")):
            return None
        root, _, _rest = dotted.partition(".")
        chain = self.world.resolve(f"{module.name}.{dotted}") if root in set(module.names()) else None
        if chain is None:
            for star in module.stars:
                chain = self.world.resolve(f"{star}.{dotted}")
                if chain:
                    break
        return chain[-1] if chain else None

    def mro(self, path: str) -> list[str]:
        """The class and everything it derives from, nearest first."""
        return linearise(path, self.bases)

    def kind(self, path: str) -> str:
        """'operator', 'sensor', 'hook', 'notifier' or 'other'."""
        if path not in self._kinds:
            line = {self.canonical(base) for base in self.mro(path)}
            self._kinds[path] = next((kind for base, kind in KINDS.items() if base in line), "other")
        return self._kinds[path]

    def record(self, path: str) -> Json:
        """What the data file says of one class."""
        found = self._class(path)
        assert found is not None
        module, tree = found
        self._scope = tree
        record: dict[str, Json] = {"kind": self.kind(path)}
        bases = [self.canonical(base) for base in self.bases(path) if base.startswith("airflow.")]
        if bases:
            record["bases"] = bases
        inits = [item for item in tree.body if isinstance(item, ast.FunctionDef) and item.name == "__init__"]
        init = next((item for item in inits if "overload" not in decorators(item)), None)
        if init is not None:
            record["params"] = list(self._parameters(module, init))
        elif any(text.startswith(ATTRS) for text in decorators(tree)) and (fields := self._attrs(path)):
            record["params"] = fields
        for attribute, key in (
            ("template_fields", "fields"),
            ("template_ext", "ext"),
            ("template_fields_renderers", "renderers"),
        ):
            value = assigned(tree, attribute)
            if value is None:
                continue
            try:
                record[key] = self._collection(module, value, attribute)
            except Unknown:
                print(f"not evaluated: {path}.{attribute} = {ast.unparse(value)}", file=sys.stderr)
        return record

    def _parameters(self, module: Module, init: ast.FunctionDef) -> Iterator[Json]:
        spec = init.args
        positional = [*spec.posonlyargs, *spec.args][1:]
        defaults = [None] * (len(positional) - len(spec.defaults)) + list(
            spec.defaults[-len(positional) :] if positional else []
        )
        for argument, default in zip(positional, defaults, strict=True):
            yield [argument.arg] if default is None else [argument.arg, self._encoded(module, default)]
        if spec.vararg:
            yield f"*{spec.vararg.arg}"
        elif spec.kwonlyargs:
            yield "*"
        for argument, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True):
            yield [argument.arg] if default is None else [argument.arg, self._encoded(module, default)]
        if spec.kwarg:
            yield f"**{spec.kwarg.arg}"

    def _attrs(self, path: str) -> list[Json]:
        """The arguments of a class whose `__init__` attrs writes, its bases' first, keyword-only ones behind a star."""
        positional: dict[str, Json] = {}
        keyword: dict[str, Json] = {}
        for home in reversed(self.mro(path)):
            found = self._class(home)
            written = found and next((text for text in decorators(found[1]) if text.startswith(ATTRS)), None)
            if not found or not written:
                continue
            for node in found[1].body:
                field = self._attrs_field(found[0], node)
                if field is None:
                    continue
                name, entry, only = field
                positional.pop(name, None)
                keyword.pop(name, None)
                (keyword if (("kw_only" in written) if only is None else only) else positional)[name] = entry
        return [*positional.values(), *(["*", *keyword.values()] if keyword else [])]

    def _attrs_field(self, module: Module, node: ast.stmt) -> tuple[str, Json, bool | None] | None:
        """Name, entry, and whether the field itself says that it is keyword-only."""
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
            return None
        options = field_options(node.value)
        if "ClassVar" in ast.unparse(node.annotation) or says(options.get("init")) is False:
            return None
        alias = options.get("alias")
        name = str(alias.value) if isinstance(alias, ast.Constant) else node.target.id.lstrip("_")
        entry: list[Json] = [name]
        if "default" in options:
            entry.append(self._encoded(module, options["default"]))
        elif "factory" in options:
            entry.append(self._factory(module, options["factory"]))
        return name, entry, says(options.get("kw_only"))

    def _factory(self, module: Module, node: ast.expr) -> Json:
        if isinstance(node, ast.Name) and node.id in {"dict", "list", "set"}:
            return {"dict": []} if node.id == "dict" else [] if node.id == "list" else {"set": []}
        return self._encoded(module, node)

    def _encoded(self, module: Module, node: ast.expr) -> Json:
        try:
            return encode(self._value(module, node))
        except Unknown:
            text = ast.unparse(node)
            return {"code": text if len(text) <= 80 else "..."}

    def _value(self, module: Module, node: ast.expr, depth: int = 0) -> object:
        if depth > 20:
            raise Unknown
        try:
            return ast.literal_eval(node)
        except (ValueError, TypeError, SyntaxError):
            pass
        match node:
            case ast.Name() | ast.Attribute():
                return self._constant(module, node, depth)
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                return self._value(module, left, depth + 1) * self._value(module, right, depth + 1)  # type: ignore[operator]
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self._value(module, left, depth + 1) + self._value(module, right, depth + 1)  # type: ignore[operator]
            case ast.Call():
                return self._call(module, node, depth)
        raise Unknown

    def _constant(self, module: Module, node: ast.expr, depth: int) -> object:
        dotted = ast.unparse(node)
        if self._scope is not None and dotted.isidentifier() and (own := assigned(self._scope, dotted)) is not None:
            return self._value(module, own, depth + 1)
        found = self.world.definition(f"{module.name}.{dotted}")
        if found and isinstance(found[1], ast.expr):
            return self._value(found[0], found[1], depth + 1)
        owner, _, member = dotted.rpartition(".")
        for home in self.mro(self._home(module, ast.parse(owner, mode="eval").body) or "") if owner else ():
            if (cls := self._class(home)) and (value := assigned(cls[1], member)) is not None:
                return self._value(cls[0], value, depth + 1)
        raise Unknown

    def _call(self, module: Module, node: ast.Call, depth: int) -> object:
        called = ast.unparse(node.func)
        if called == "cast" and len(node.args) == 2:
            return self._value(module, node.args[1], depth + 1)
        if called == "tuple" and not node.args:
            return ()
        if called in {"WeightRule", "TriggerRule"} and len(node.args) == 1:
            return self._value(module, node.args[0], depth + 1)
        arguments = [self._value(module, item, depth + 1) for item in node.args]
        named = {item.arg: self._value(module, item.value, depth + 1) for item in node.keywords if item.arg}
        if called.rpartition(".")[2] == "timedelta":
            units = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400, "weeks": 604800}
            named |= dict(zip(("days", "seconds"), arguments, strict=False))
            return Seconds(sum(number(value) * units[unit] for unit, value in named.items()))
        owner, _, method = called.rpartition(".")
        if owner.endswith("conf") and method in CONVERTERS and len(arguments) >= 2:
            return self._option(arguments[0], arguments[1], CONVERTERS[method], named)
        if called in {"_config_int_factory", "_config_bool_factory"}:
            method = "getint" if "int" in called else "getboolean"
            return self._option(arguments[0], arguments[1], CONVERTERS[method], named)
        raise Unknown

    def _option(
        self, section: object, key: object, convert: Callable[[str], object], named: Mapping[str, object]
    ) -> object:
        text = self._options.get((str(section).lower(), str(key).lower()))
        if text is None:
            if "fallback" in named:
                return named["fallback"]
            raise Unknown
        return convert(text)

    @cached_property
    def _options(self) -> dict[tuple[str, str], str]:
        folder = self.world.roots[0] / "airflow" / "config_templates"
        if (folder / "config.yml").exists() and self.world.line != "1":
            import yaml

            sections = yaml.safe_load((folder / "config.yml").read_text())
            return {
                (section, key): str(option["default"])
                for section, content in sections.items()
                for key, option in (content.get("options") or {}).items()
                if option.get("default") is not None
            }
        parser = configparser.ConfigParser(interpolation=None, strict=False)
        parser.read(folder / "default_airflow.cfg")
        return {(section, key): text for section in parser.sections() for key, text in parser.items(section)}

    def _collection(self, module: Module, node: ast.expr, attribute: str) -> Json:
        """The strings of a `template_fields` or `template_ext`, or the mapping of renderers."""
        if attribute == "template_fields_renderers":
            return self._mapping(module, node)
        return list(dict.fromkeys(self._strings(module, node, attribute)))

    def _mapping(self, module: Module, node: ast.expr) -> dict[str, str]:
        match node:
            case ast.Dict():
                mapping: dict[str, str] = {}
                for key, value in zip(node.keys, node.values, strict=True):
                    if key is None:
                        mapping.update(self._mapping(module, value))
                    else:
                        mapping[str(self._value(module, key))] = str(self._value(module, value))
                return mapping
            case ast.Attribute(value=owner, attr="template_fields_renderers"):
                for home in self.mro(self._home(module, owner) or ""):
                    if (cls := self._class(home)) and (found := assigned(cls[1], "template_fields_renderers")):
                        return self._mapping(cls[0], found)
                return {}
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return self._mapping(module, left) | self._mapping(module, right)
        raise Unknown

    def _strings(self, module: Module, node: ast.expr, attribute: str) -> list[str]:
        def strings(item: ast.expr) -> list[str]:
            return self._strings(module, item, attribute)

        match node:
            case ast.Constant(value=str(text)):
                return [text]
            case ast.Tuple() | ast.List():
                return [text for item in node.elts for text in strings(item)]
            case ast.Set():
                return sorted({text for item in node.elts for text in strings(item)})
            case ast.Starred(value=inner):
                return strings(inner)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return [*strings(left), *strings(right)]
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return sorted({*strings(left), *strings(right)})
            case ast.BinOp(left=left, op=ast.Sub(), right=right):
                return sorted(set(strings(left)) - set(strings(right)))
            case ast.Call(func=ast.Name(id="set" | "frozenset" | "sorted"), args=args):
                return sorted({text for item in args for text in strings(item)})
            case ast.Call(func=ast.Name(id="tuple" | "list"), args=args):
                return [text for item in args for text in strings(item)]
            case ast.Call(func=ast.Name(id="aws_template_fields"), args=args):
                return sorted(
                    {
                        "aws_conn_id",
                        "region_name",
                        "verify",
                        *(text for item in args for text in strings(item)),
                    }
                )
            case ast.Call(func=ast.Attribute(value=left, attr="union"), args=args):
                return sorted({*strings(left), *(text for item in args for text in strings(item))})
            case ast.Call(func=ast.Attribute(value=left, attr="difference"), args=args):
                return sorted(set(strings(left)) - {text for item in args for text in strings(item)})
            case ast.GeneratorExp() | ast.ListComp() | ast.SetComp():
                return self._comprehension(module, node, attribute)
            case ast.Attribute(value=owner, attr=attr) if attr == attribute:
                for home in self.mro(self._home(module, owner) or ""):
                    if (cls := self._class(home)) and (value := assigned(cls[1], attribute)) is not None:
                        return self._strings(cls[0], value, attribute)
                return []
            case ast.Name(id=name):
                if isinstance(named := module.definitions.get(name), ast.expr):
                    return strings(named)
        raise Unknown

    def _comprehension(
        self, module: Module, node: ast.GeneratorExp | ast.ListComp | ast.SetComp, attribute: str
    ) -> list[str]:
        """`field for field in Base.template_fields if field != "x"`, and the same with `not in`."""
        source = node.generators[0]
        found = self._strings(module, source.iter, attribute)
        for test in source.ifs:
            match test:
                case ast.Compare(left=ast.Name(), ops=[ast.NotEq()], comparators=[ast.Constant(value=str(text))]):
                    found = [item for item in found if item != text]
                case ast.Compare(left=ast.Name(), ops=[ast.NotIn()], comparators=[other]):
                    left_out = set(self._strings(module, other, attribute))
                    found = [item for item in found if item not in left_out]
                case _:
                    raise Unknown
        return found
