"""Classes that a declaration makes more of: dataclasses, named tuples and enums."""

from __future__ import annotations

import ast
import enum
from typing import Any

from ..records import dataclass
from .calls import Calls
from .frames import Frame
from .host import HostObject
from .objects import MISSING, Field, Instance, Native, UserClass, UserFunction, Wrapped
from .values import LATE


@dataclass(frozen=True, slots=True)
class EnumMember:
    """What `enum.member` and `enum.nonmember` mark in an enum's body."""

    value: Any
    is_member: bool


AUTO = object()
"""What `enum.auto()` gives until the class is finished."""


class Declared(Calls):
    """The fields of dataclasses and named tuples, the members of enums."""

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

    def inherited_fields(self, cls: UserClass) -> list[Field]:
        return next((base.fields for base in cls.mro if type(base) is UserClass and base.fields), [])

    def init_fields(
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

    def make_members(self, cls: UserClass) -> None:
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

    def member_of(self, cls: UserClass, value: Any, node: ast.AST, frame: Frame) -> Any:
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
