"""Attributes of every kind of value."""

from __future__ import annotations

import ast
import types
from typing import Any

from ..airflow_model import Deferred, Symbol, Unknown
from .branches import Branches
from .frames import Frame
from .host import HostObject
from .natives import MUTATING, native_attribute
from .objects import (
    MISSING,
    BoundMethod,
    Foreign,
    Instance,
    Native,
    NativeModule,
    Partial,
    Super,
    UserClass,
    UserFunction,
    UserModule,
    Wrapped,
)
from .reaching import REASON, change_attribute, linked, reached, taken
from .values import LATE, describe


class Attributes(Branches):
    """Reading and setting attributes."""

    def attribute(self, value: Any, name: str, node: ast.AST, frame: Frame) -> Any:
        kind = type(value)
        if kind in LATE:
            if kind is Unknown:
                if id(value) not in self.links:
                    return value
                if name in MUTATING:
                    return Deferred("attribute", (value,), name)
                return linked(self, value, taken(self, "attribute", (value,), name))
            if kind is Symbol:
                return Symbol(f"{value.path}.{name}")
            if kind is Deferred and value.op == "if":
                return self.each(value, node, frame, lambda v: self.attribute(v, name, node, frame))
            return self.defer("attribute", (value,), node, frame, name=name)
        if isinstance(value, HostObject):
            return value.attribute(name, self.at(node, frame))
        found = self._attribute(value, kind, name, node, frame)
        if found is MISSING:
            self.raise_("AttributeError", f"{describe(value)} has no attribute {name!r}", node, frame)
        return found

    def _attribute(self, value: Any, kind: type, name: str, node: ast.AST, frame: Frame) -> Any:
        if kind is Instance:
            return self.instance_attribute(value, name, node, frame)
        if kind is UserClass:
            return self.class_attribute(value, name, node, frame)
        if kind is UserModule:
            return self.module_attribute(value, name, node, frame)
        if kind is NativeModule:
            found = value.names.get(name, MISSING)
            return Symbol(f"{value.path}.{name}") if found is MISSING else found
        if kind is UserFunction:
            if name in value.attributes:
                return value.attributes[name]
            if value.opaque and not name.startswith("__"):
                return self.unknown(f"{value.name}.{name}", node, frame)
            return {
                "__name__": value.name,
                "__qualname__": value.qualname,
                "__module__": value.module.name,
                "__doc__": ast.get_docstring(value.node) if not isinstance(value.node, ast.Lambda) else None,
                "__dict__": value.attributes,
                "__wrapped__": value,
            }.get(name, MISSING)
        if kind is BoundMethod:
            if name == "__self__":
                return value.instance
            return value.function if name == "__func__" else self.attribute(value.function, name, node, frame)
        if kind is Partial:
            parts = {"func": value.function, "args": tuple(value.args), "keywords": value.kwargs}
            return parts.get(name, MISSING)
        if kind is Super:
            return self.super_attribute(value, name, node, frame)
        if kind is Wrapped:
            if name in ("setter", "getter", "deleter"):
                return Native(
                    f"property.{name}", lambda args, kwargs, at: self._with_setter(value, name, args), lazy=True
                )
            return value.function if name == "__func__" else self.attribute(value.function, name, node, frame)
        if kind is Foreign:
            return (value.message,) if name == "args" else self.unknown(f"{value.name}.{name}", node, frame)
        return native_attribute(self, value, name, self.at(node, frame))

    def _with_setter(self, wrapped: Wrapped, name: str, args: list[Any]) -> Wrapped:
        return Wrapped("property", wrapped.function, args[0] if name == "setter" else wrapped.setter)

    def module_attribute(self, module: UserModule, name: str, node: ast.AST, frame: Frame) -> Any:
        if name in module.namespace:
            return module.namespace[name]
        if name == "__dict__":
            return module.namespace
        if module.star_imports:
            return Symbol(f"{module.star_imports[-1]}.{name}")
        if module.partial or not module.finished or (name.startswith("__") and name.endswith("__")):
            return self.unknown(f"{module.name}.{name}", node, frame)
        return MISSING

    def instance_attribute(self, value: Instance, name: str, node: ast.AST, frame: Frame) -> Any:
        raise NotImplementedError

    def class_attribute(self, value: UserClass, name: str, node: ast.AST, frame: Frame) -> Any:
        raise NotImplementedError

    def super_attribute(self, value: Super, name: str, node: ast.AST, frame: Frame) -> Any:
        raise NotImplementedError

    def method(self, value: Any, name: str) -> Any:
        """A special method a user's class defines, bound; MISSING when it does not."""
        if type(value) is Instance:
            found = value.cls.find(name)
            if found is not MISSING:
                return BoundMethod(found, value)
        return MISSING

    def set_attribute(self, value: Any, name: str, new: Any, node: ast.AST, frame: Frame) -> None:
        kind = type(value)
        if kind is Instance:
            found = value.cls.find(name)
            if type(found) is Wrapped and found.kind == "property":
                if found.setter is not None:
                    self.call(found.setter, [value, new], {}, node, frame)
                    return
            elif found is MISSING and isinstance(value.host, HostObject):
                value.host.set_attribute(name, new, self.at(node, frame))
            self.touch(value.attributes)
            value.attributes[name] = new
        elif kind is UserClass or kind is UserFunction:
            self.touch(value.attributes)
            value.attributes[name] = new
        elif kind is UserModule:
            self.touch(value.namespace)
            value.namespace[name] = new
        elif isinstance(value, HostObject):
            value.set_attribute(name, new, self.at(node, frame))
        elif kind is Deferred and value.op == "if":
            self.each(value, node, frame, lambda v: self.set_attribute(v, name, new, node, frame))
        elif kind in LATE:
            for target in reached(self, value):
                change_attribute(self, target, name, self.unknown(REASON, node, frame))
        elif isinstance(value, types.SimpleNamespace):
            self.touch(vars(value))
            setattr(value, name, new)

    def fields_of(self, value: Instance) -> tuple[Any, ...]:
        """The values of a dataclass instance's or named tuple's fields."""
        return tuple(value.attributes.get(f.name, MISSING) for f in value.cls.fields or ())
