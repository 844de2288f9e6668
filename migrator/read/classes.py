"""Classes of the user's: their order of resolution, instances and attributes."""

from __future__ import annotations

import ast
import collections
import enum
from typing import Any

from ..airflow_model import Deferred, Symbol
from .declared import Declared
from .frames import Frame
from .host import HostClass, HostObject
from .natives import native_attribute
from .objects import (
    MISSING,
    BoundMethod,
    HostInit,
    Instance,
    Native,
    NativeMethod,
    Super,
    UserClass,
    UserFunction,
    Wrapped,
)

_PLAIN_BASES = frozenset(
    {
        "abc.ABC",
        "typing.Generic",
        "typing.Protocol",
        "typing_extensions.Protocol",
        "builtins.object",
        "typing.Any",
    }
)


class Classes(Declared):
    """Making classes and instances, and looking things up in them."""

    def finish_class(self, cls: UserClass, node: ast.AST, frame: Frame) -> None:
        """Work out the MRO (C3), and members of an enum, once the body has been run."""
        if any(
            base is enum.Enum
            or (type(base) is type(enum.Enum) and issubclass(base, enum.Enum))
            or (type(base) is UserClass and base.members is not None)
            for base in cls.mro[1:]
        ):
            self.make_members(cls)
        elif cls.is_tuple:
            cls.fields = self.declared_fields(cls)

    def resolution_order(self, cls: UserClass, bases: list[Any]) -> list[Any]:
        """The MRO over user classes, host classes, real types and symbols; `object` is left out."""
        kept = []
        for base in bases:
            path = base.path if type(base) is Symbol else _item_of(base)
            if base is object or path in _PLAIN_BASES:
                continue
            kept.append(base)
        lines = [list(_line(base)) for base in kept] + [list(kept)]
        result: list[Any] = [cls]
        while any(lines):
            lines = [line for line in lines if line]
            head = next((line[0] for line in lines if not any(line[0] in other[1:] for other in lines)), lines[0][0])
            result.append(head)
            lines = [[x for x in line if x is not head and x != head] for line in lines]
        return result

    # --- instances ---

    def instantiate(
        self, cls: UserClass, args: list[Any], kwargs: dict[str, Any], node: ast.AST, frame: Frame, nodes: Any
    ) -> Any:
        if cls.members is not None and len(args) == 1:
            return self.member_of(cls, args[0], node, frame)
        positional, keywords = self.host_args(args, kwargs, node, frame, nodes)
        maker = cls.find("__new__")
        at = self.at(node, frame)
        if maker is not MISSING:
            made = self.call(_unwrap(maker), [cls, *args], kwargs, node, frame)
            if type(made) is not Instance or made.cls is not cls:
                return made
            instance = made
        else:
            instance = Instance(cls)
        if not instance.args and not instance.kwargs:
            instance.args, instance.kwargs, instance.at = positional, keywords, at
        init = cls.find("__init__")
        if instance.base is MISSING:
            instance.base = self._real_base(
                cls, [] if init is not MISSING else args, {} if init is not MISSING else kwargs, node, frame
            )
        if init is not MISSING:
            prefixed = ([node, *nodes[0]], *nodes[1:]) if isinstance(nodes, tuple) else None
            self.call(_unwrap(init), [instance, *args], kwargs, node, frame, prefixed)
        elif cls.fields is not None or (fields := self.inherited_fields(cls)):
            self.init_fields(instance, cls.fields if cls.fields is not None else fields, args, kwargs, node, frame)
        else:
            base = self.host_base(cls)
            if base is not None:
                base.construct(instance, positional, keywords, at)
        for base in cls.mro:
            if isinstance(base, HostClass):
                base.instantiated(instance, at)
                break
        return instance

    def _real_base(self, cls: UserClass, args: list[Any], kwargs: dict[str, Any], node: ast.AST, frame: Frame) -> Any:
        """The real object behind an instance of a class that extends a real type."""
        for base in cls.mro:
            if isinstance(base, type) and not issubclass(base, enum.Enum):
                if issubclass(base, BaseException):
                    return self.guarded(lambda b=base: b(*args), node, frame)  # type: ignore[misc]
                return self.call(base, args, kwargs, node, frame)
        return MISSING

    def instance_attribute(self, value: Instance, name: str, node: ast.AST, frame: Frame) -> Any:
        cls = value.cls
        found = cls.find(name)
        if type(found) is Wrapped and found.kind == "property":
            return self.call(found.function, [value], {}, node, frame)
        if name in value.attributes:
            return value.attributes[name]
        if found is not MISSING:
            return self._bind_attribute(found, value, cls)
        if name == "__class__":
            return cls
        if name == "__dict__":
            return value.attributes
        if value.base is not MISSING:
            of_base = native_attribute(self, value.base, name, self.at(node, frame))
            if of_base is not MISSING and not name.startswith("__"):
                return of_base
        getter = cls.find("__getattr__")
        if getter is not MISSING and not (name.startswith("__") and name.endswith("__")):
            return self.call(getter, [value, name], {}, node, frame)
        if isinstance(value.host, HostObject):
            return value.host.attribute(name, self.at(node, frame))
        base = self.host_base(cls)
        if base is not None:
            return base.attribute(name, self.at(node, frame))
        if name in ("__init__", "__new__", "__setattr__", "__init_subclass__", "__post_init__"):
            return (
                Native(f"object.{name}", lambda args, kwargs, at: None, lazy=True)
                if name != "__post_init__"
                else MISSING
            )
        if name == "__doc__":
            return ast.get_docstring(cls.node)
        if (name == "_replace" and cls.is_tuple) or (name == "_asdict" and cls.is_tuple):
            return Native(name, lambda args, kwargs, at: self._tuple_method(value, name, kwargs), lazy=True)
        if self.opaque(cls) or (name.startswith("__") and name.endswith("__")):
            return self.unknown(f"{cls.name}.{name}", node, frame)
        return MISSING

    def _tuple_method(self, value: Instance, name: str, kwargs: dict[str, Any]) -> Any:
        if name == "_asdict":
            return {f.name: value.attributes[f.name] for f in value.cls.fields or ()}
        return Instance(value.cls, {**value.attributes, **kwargs})

    def class_attribute(self, value: UserClass, name: str, node: ast.AST, frame: Frame) -> Any:
        if value.members is not None and name in value.members:
            return value.members[name]
        found = value.find(name)
        if found is not MISSING:
            if type(found) is Wrapped:
                if found.kind == "classmethod":
                    return BoundMethod(found.function, value)
                return found.function if found.kind == "staticmethod" else found
            return found
        special: dict[str, Any] = {
            "__name__": value.name,
            "__qualname__": value.qualname,
            "__module__": value.module.name,
            "__dict__": value.attributes,
            "__doc__": ast.get_docstring(value.node),
            "__mro__": tuple(value.mro),
            "__bases__": tuple(value.bases),
            "__members__": value.members,
        }
        if name in special:
            return special[name]
        base = self.host_base(value)
        if name in ("__init__", "__new__", "__setattr__"):
            if name == "__init__" and base is not None:
                return HostInit(base)
            return self._object_method(name, value, None)
        if base is not None:
            hook = getattr(base, "attribute_of", None)
            at = self.at(node, frame)
            return base.attribute(name, at) if hook is None else hook(value, name, at)
        for real in value.mro:
            if isinstance(real, type):
                of_base = native_attribute(self, real, name, self.at(node, frame))
                if of_base is not MISSING:
                    return of_base
        if self.opaque(value) or name.startswith("__"):
            return self.unknown(f"{value.name}.{name}", node, frame)
        if name == "_fields" and value.fields is not None:
            return tuple(f.name for f in value.fields)
        if name == "_make" and value.is_tuple:
            return Native(name, lambda args, kwargs, at: self.call(value, list(args[0]), {}, node, frame), lazy=True)
        return MISSING

    def super_attribute(self, value: Super, name: str, node: ast.AST, frame: Frame) -> Any:
        instance = value.instance
        cls = instance.cls if type(instance) is Instance else instance
        if type(cls) is not UserClass:
            return self.unknown(f"super().{name}", node, frame)
        found = cls.find(name, after=value.cls)
        if found is not MISSING:
            if type(found) is Wrapped and found.kind == "property":
                return self.call(found.function, [instance], {}, node, frame)
            return self._bind_attribute(found, instance, cls)
        rest = cls.mro[cls.mro.index(value.cls) + 1 :] if value.cls in cls.mro else cls.mro
        for base in rest:
            if isinstance(base, HostClass):
                if name == "__init__":
                    return HostInit(base, instance)
                host = instance.host if type(instance) is Instance and isinstance(instance.host, HostObject) else base
                return host.attribute(name, self.at(node, frame))
            if isinstance(base, type) and type(instance) is Instance and name not in ("__new__", "__setattr__"):
                if name == "__init__":
                    return Native(
                        "super().__init__",
                        lambda args, kwargs, at, b=base: self._init_base(instance, b, args, kwargs, node, frame),
                        lazy=True,
                    )
                return (
                    NativeMethod(instance.base, name)
                    if instance.base is not MISSING
                    else self.unknown(f"super().{name}", node, frame)
                )
        if name == "__init__" and type(instance) is Instance:
            fields = next((b.fields for b in rest if type(b) is UserClass and b.fields is not None), None)
            if fields is not None:
                return Native(
                    "__init__",
                    lambda args, kwargs, at: self.init_fields(instance, fields, args, kwargs, node, frame),
                    lazy=True,
                )
        if name.startswith("__") and name.endswith("__"):
            return self._object_method(name, cls, instance if type(instance) is Instance else None)
        if self.opaque(cls):
            return self.unknown(f"{cls.name}.{name}", node, frame)
        return MISSING

    def _init_base(
        self, instance: Instance, base: type, args: list[Any], kwargs: dict[str, Any], node: ast.AST, frame: Frame
    ) -> None:
        instance.base = base(*args) if issubclass(base, BaseException) else self.call(base, args, kwargs, node, frame)

    def _object_method(self, name: str, cls: UserClass, instance: Instance | None) -> Native:
        def run(args: list[Any], kwargs: dict[str, Any], at: Any) -> Any:
            if name == "__new__":
                return Instance(args[0] if args and type(args[0]) is UserClass else cls)
            if name == "__setattr__" and len(args) >= 2:
                target = instance if instance is not None else args[0]
                target.attributes[args[-2]] = args[-1]
            return (
                self.unknown(f"{cls.name}.{name}", at.node, at.frame)
                if name not in ("__init__", "__setattr__", "__init_subclass__")
                else None
            )

        return Native(f"object.{name}", run, lazy=True)

    def _bind_attribute(self, found: Any, instance: Any, cls: UserClass) -> Any:
        if type(found) is UserFunction:
            return BoundMethod(found, instance)
        if type(found) is Wrapped:
            if found.kind == "classmethod":
                return BoundMethod(found.function, cls)
            return found.function
        return found


def _line(base: Any) -> list[Any]:
    if type(base) is UserClass:
        return base.mro
    if isinstance(base, type):
        return [b for b in base.__mro__ if b is not object] if base in (collections.OrderedDict,) else [base]
    return [base]


def _item_of(base: Any) -> str:
    if type(base) is Deferred and base.op == "item" and type(base.operands[0]) is Symbol:
        return base.operands[0].path
    return ""


def _unwrap(function: Any) -> Any:
    return function.function if type(function) is Wrapped else function
