"""defs/resources.py: the resource classes a project needs, its params, and which resource is under which key."""

from __future__ import annotations

from collections.abc import Sequence

from ..dagster_model import ConfigClass, ConfigField, Import, Project, Resource
from .imports import Place
from .module import Module
from .runtime import Runtime, resource_source
from .text import InvalidCode, docstring, indent, literal

MODULE = "defs.resources"


def xcom_lines(project: Project) -> tuple[str, tuple[str, ...]]:
    """The line of Airflow whose XComs most DAGs use, and the other ones in use."""
    lines = sorted(record.airflow for record in project.records)
    if not lines:
        return "2", ()
    main = max(sorted(set(lines)), key=lines.count)
    return main, tuple(line for line in sorted(set(lines)) if line != main)


def io_manager_key(line: str, main: str) -> str | None:
    """The key of the I/O manager for a line of Airflow; None for the project's own."""
    return None if line == main else f"xcom_airflow_{line}"


def resources_module(project: Project, runtime: Runtime) -> str | None:
    """The text of defs/resources.py; None when the project needs no resource. Raises InvalidCode."""
    entries: list[tuple[str, str]] = []
    place = Place(project.package, MODULE)
    module = Module(place, _docstring(project))
    for name in _sources_in_order(project.resources, runtime):
        source = resource_source(runtime.resources[name])
        module.add("", source.imports)
        for text in source.statements:
            if text not in module.parts:
                module.add(text)
    for config in project.config_classes:
        module.add(_config_class(module, config))
        entries.append((config.resource, _config_entry(module, config)))
    for resource in project.resources:
        module.add("", resource.imports)
        arguments = ", ".join(f"{name}={module.code(code)}" for name, code in resource.arguments)
        text = f"{resource.class_name}({arguments})"
        if resource.standalone:
            module.add(f"{resource.name} = {text}")
            text = resource.name
        entries.append((resource.name, text))
    if project.xcom and not any(name == "io_manager" for name, _ in entries):
        main, others = xcom_lines(project)
        module.add("", [Import("@compat.xcom", "XComIOManager")])
        entries += [
            (io_manager_key(line, main) or "io_manager", f"XComIOManager(airflow={literal(line)})")
            for line in (main, *others)
        ]
    if not entries:
        return None
    module.add(_definitions(entries))
    return module.render()


def _docstring(project: Project) -> str:
    if project.resources:
        return "The connections of the Airflow project, one resource each."
    return "The resources of the Airflow project."


def _sources_in_order(resources: Sequence[Resource], runtime: Runtime) -> list[str]:
    """The runtime's resource modules in use, each after those it needs."""
    ordered: list[str] = []

    def visit(name: str) -> None:
        if name in ordered:
            return
        if name not in runtime.resources:
            raise InvalidCode(f"no resource class source {name}")
        for other in resource_source(runtime.resources[name]).needs:
            visit(other)
        ordered.append(name)

    for name in sorted({r.class_source for r in resources if r.class_source}):
        visit(name)
    return ordered


def _config_entry(module: Module, config: ConfigClass) -> str:
    """The resource that holds a DAG's params."""
    if config.checked:
        module.add("", [Import("@compat.params", "checked_at_launch")])
        return f"checked_at_launch({config.class_name})"
    required = any(item.default is None for item in config.fields)
    return f"{config.class_name}{'.configure_at_launch()' if required else '()'}"


def _config_class(module: Module, config: ConfigClass) -> str:
    """A class whose fields are a DAG's params."""
    base = "dg.ConfigurableResource"
    if config.checked:
        base = "AirflowParams"
        module.add("", [Import("@compat.params", base)])
    lines = [f"class {config.class_name}({base}):", indent(docstring(config.description)), ""]
    if config.checked and config.checked != "3":
        module.add("", [Import("typing", "ClassVar")])
        lines += [indent(f"_airflow: ClassVar[str] = {literal(config.checked)}"), ""]
    for item in config.fields:
        lines.append(indent(f"{item.name}: {module.code(item.annotation)}{_assigned(module, item)}"))
    if not config.fields:
        lines.pop()
    return "\n".join(lines)


def _assigned(module: Module, item: ConfigField) -> str:
    """What is behind a field's annotation: its default, and what else pydantic is told."""
    given = [f"default={module.code(item.default)}"] if item.default is not None else []
    told = [f"{name}={module.code(code)}" for name, code in item.constraints]
    if item.description:
        told.append(f"description={literal(item.description)}")
    if not told:
        return f" = {module.code(item.default)}" if item.default is not None else ""
    module.add("", [Import("pydantic", "Field")])
    return f" = Field({', '.join([*given, *told])})"


def _definitions(entries: Sequence[tuple[str, str]]) -> str:
    rows = ",\n".join(f"            {literal(name)}: {text}" for name, text in entries)
    rows += "," if len(entries) > 1 else ""
    return f"""\
@dg.definitions
def resources() -> dg.Definitions:
    return dg.Definitions(
        resources={{
{rows}
        }}
    )"""
