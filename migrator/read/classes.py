"""Classes of the user's: their order of resolution, instances, attributes, dataclasses and enums."""

from __future__ import annotations

import ast
import collections
import enum
from dataclasses import dataclass
from typing import Any

from ..airflow_model import Deferred, Symbol
from .calls import Calls
from .core import LATE
from .frames import Frame
from .host import HostClass, HostObject
from .natives import native_attribute
from .objects import (
    MISSING,
    BoundMethod,
    Field,
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


class Classes(Calls):
    """Making classes and instances, and looking things up in them."""

    def finish_class(self, cls: UserClass, node: ast.AST, frame: Frame) -> None:
        """Work out the MRO (C3), and members of an enum, once the body has been run."""
        if any(
            base is enum.Enum
            or (type(base) is type(enum.Enum) and issubclass(base, enum.Enum))
            or (type(base) is UserClass and base.members is not None)
            for base in cls.mro[1:]
        ):
            self._make_members(cls)
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
            return self._member_of(cls, args[0], node, frame)
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
        elif cls.fields is not None or (fields := self._inherited_fields(cls)):
            self._init_fields(instance, cls.fields if cls.fields is not None else fields, args, kwargs, node, frame)
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
                    lambda args, kwargs, at: self._init_fields(instance, fields, args, kwargs, node, frame),
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

    # --- dataclasses, named tuples, enums ---

    def declared_fields(self, cls: UserClass, keyword_only: bool = False) -> list[Field]:
        """The fields of a dataclass or NamedTuple: annotated names, those of its bases first."""
        fields: dict[str, Field] = {}
        for base in reversed(cls.mro[1:]):
            for field in (base.fields or ()) if type(base) is UserClass else ():
                fields[field.name] = field
        for statement in cls.node.body:
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                annotation = ast.unparse(statement.annotation)
                if "ClassVar" in annotation:
                    continue
                if annotation.rpartition(".")[2] == "KW_ONLY":
                    keyword_only = True
                    continue
                name = statement.target.id
                default = cls.attributes.get(name, MISSING)
                if type(default) is Field:
                    fields[name] = Field(
                        name, default.default, default.factory, default.init, default.keyword_only or keyword_only
                    )
                    if default.default is MISSING:
                        cls.attributes.pop(name)
                    else:
                        cls.attributes[name] = default.default
                else:
                    fields[name] = Field(name, default, MISSING, True, keyword_only)
        return list(fields.values())

    def _inherited_fields(self, cls: UserClass) -> list[Field]:
        return next((base.fields for base in cls.mro if type(base) is UserClass and base.fields), [])

    def _init_fields(
        self,
        instance: Instance,
        fields: list[Field],
        args: list[Any],
        kwargs: dict[str, Any],
        node: ast.AST,
        frame: Frame,
    ) -> None:
        """The `__init__` a dataclass gets."""
        given = dict(zip((f.name for f in fields if f.init and not f.keyword_only), args, strict=False))
        names = {f.name for f in fields if f.init}
        for name, value in kwargs.items():
            if name != "**" and name not in names:
                self.raise_(
                    "TypeError",
                    f"{instance.cls.name}.__init__() got an unexpected keyword argument {name!r}",
                    node,
                    frame,
                )
            given[name] = value
        extra: list[Any] = []
        for field in fields:
            if field.name in given:
                value = given[field.name]
            elif "**" in kwargs:
                value = self.unknown(f"{instance.cls.name}.{field.name}", node, frame)
            elif field.factory is not MISSING:
                value = self.call(field.factory, [], {}, node, frame)
            elif field.default is not MISSING:
                value = field.default
            elif not field.init:
                continue
            else:
                self.raise_(
                    "TypeError",
                    f"{instance.cls.name}.__init__() missing 1 required argument: {field.name!r}",
                    node,
                    frame,
                )
            if self._is_init_only(instance.cls, field.name):
                extra.append(value)
            else:
                instance.attributes[field.name] = value
        after = instance.cls.find("__post_init__")
        if after is not MISSING:
            self.call(after, [instance, *extra], {}, node, frame)

    def _is_init_only(self, cls: UserClass, name: str) -> bool:
        return any(
            isinstance(s, ast.AnnAssign)
            and isinstance(s.target, ast.Name)
            and s.target.id == name
            and "InitVar" in ast.unparse(s.annotation)
            for s in cls.node.body
        )

    def _make_members(self, cls: UserClass) -> None:
        """Turn the plain attributes of an enum's body into members."""
        members: dict[str, Any] = {}
        by_value: list[tuple[Any, Instance]] = []
        mixin = next((b for b in cls.mro if isinstance(b, type) and not issubclass(b, enum.Enum)), None)
        for base in cls.mro[1:]:
            if (
                isinstance(base, type)
                and issubclass(base, enum.Enum)
                and base not in (enum.Enum, enum.Flag, enum.IntFlag)
            ):
                mixin = mixin or (int if issubclass(base, int) else str if issubclass(base, str) else None)
        text = any(isinstance(b, type) and b.__name__ == "StrEnum" for b in cls.mro)
        for name, value in list(cls.attributes.items()):
            forced = False
            if type(value) is EnumMember:
                forced, value = value.is_member, value.value
                cls.attributes[name] = value
                if not forced:
                    continue
            if not forced and (
                name.startswith("_")
                or type(value) in (UserFunction, Wrapped, UserClass, Native)
                or isinstance(value, HostObject)
            ):
                continue
            if value is AUTO:
                value = name.lower() if text else len(members) + 1
            same = next((m for v, m in by_value if type(v) is type(value) and v == value), None)
            member = same or Instance(cls, {"name": name, "value": value, "_name_": name, "_value_": value})
            if mixin is not None and same is None:
                member.base = value
            members[name] = member
            by_value.append((value, member))
            del cls.attributes[name]
        cls.members = members
        init = cls.find("__init__")
        if init is not MISSING:
            for member in members.values():
                value = member.attributes["value"]
                self.call(
                    init,
                    [member, *(value if isinstance(value, tuple) else (value,))],
                    {},
                    cls.node,
                    self._class_frame(cls),
                )

    def _class_frame(self, cls: UserClass) -> Frame:
        return Frame(cls.module, cls.module.namespace, None, is_module=True)

    def _member_of(self, cls: UserClass, value: Any, node: ast.AST, frame: Frame) -> Any:
        for member in (cls.members or {}).values():
            if (
                member is value
                or member.attributes["value"] is value
                or (
                    type(value) not in LATE
                    and self.binary("==", member.attributes["value"], value, node, frame) is True
                )
            ):
                return member
        if self.later((value,)) is not None:
            return self.unknown(f"a member of {cls.name}", node, frame)
        missing = cls.find("_missing_")
        if type(missing) is Wrapped:
            return self.call(missing.function, [cls, value], {}, node, frame)
        self.raise_("ValueError", f"{value!r} is not a valid {cls.name}", node, frame)


@dataclass(frozen=True, slots=True)
class EnumMember:
    """What `enum.member` and `enum.nonmember` mark in an enum's body."""

    value: Any
    is_member: bool


AUTO = object()
"""What `enum.auto()` gives until the class is finished."""


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
