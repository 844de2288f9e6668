"""One DAG's module: its constants, partitions, functions, assets, checks, job, schedule and sensors."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import field, replace

from ..dagster_model import (
    Asset,
    AssetCheck,
    Body,
    Carried,
    CarriedBody,
    Code,
    DagModule,
    Import,
    Key,
    Partitions,
    Retry,
)
from ..records import dataclass
from .automation import add_job, add_run_sensor, add_schedule, add_sensor, resource_parameters
from .carry import BodyText, Transform, as_function_body, carried_body, carried_text
from .graph import GRAPH, add_graph, add_graph_job, common_owners, description, task_arguments
from .imports import Place, bound_name, parse_imports
from .module import Module, bound_names, parsed
from .renaming import mentions, rename
from .rewrite import piece
from .text import docstring, in_docstring, indent, key_literal, literal


@dataclass(slots=True)
class DagText:
    """A DAG's module before it is formatted, and the names its definitions got in it."""

    text: str
    assets: dict[Key, str] = field(default_factory=dict)
    checks: dict[str, str] = field(default_factory=dict)
    automation: dict[tuple[str, str], str] = field(default_factory=dict)
    """By kind (job, schedule, sensor) and the definition's own name."""


def dag_module(dag: DagModule, place: Place, transform: Transform) -> DagText:
    """The text of defs/<package>/assets.py. `transform` makes imports of copied user modules relative.

    Raises InvalidCode when a piece cannot be carried over or the module is not valid Python.
    """
    module = Module(place, dag.docstring)
    result = DagText("")
    _reserve(module, dag)
    variables = {
        name: module.name(name, f"_{dag.package}")
        for name, wanted in (
            ("intervals", dag.partitions is not None),
            ("job", dag.job is not None),
            ("schedule", dag.schedule is not None),
            ("assets", dag.graph is not None),
        )
        if wanted
    }
    module.add("", dag.imports)
    _add_carried(module, dag, variables, transform)
    for statements in dag.statements:
        if statements.text:
            module.add(module.code(statements))
        else:
            module.add("", statements.imports)
    owners = common_owners(dag.assets)
    if dag.graph is not None:
        add_graph(module, dag.graph, dag.assets, variables)
    for asset in dag.assets:
        name = module.name(asset.function, "_asset")
        result.assets[asset.key] = name
        if asset.flow is None:
            arguments = _asset_arguments(module, asset, variables)
        else:
            arguments = task_arguments(module, asset, name, owners)
        _add_function(module, asset, name, arguments, _asset_signature(module, asset), transform)
    for check in dag.checks:
        name = module.name(check.name, "_check")
        result.checks[check.name] = name
        arguments = _check_arguments(check, name, variables)
        parameters = ["context: dg.AssetCheckExecutionContext"] if check.needs_context else []
        parameters += resource_parameters(module, check.resources)
        _add_function(module, check, name, arguments, (parameters, "dg.AssetCheckResult"), transform)
    if dag.graph is not None:
        module.add(f"{variables['assets']} = {GRAPH}.assets()")
    if dag.job is not None and dag.assets:
        result.automation["job", dag.job.name] = variables["job"]
        (add_job if dag.graph is None else add_graph_job)(module, dag.job, variables["job"])
        if dag.schedule is not None:
            result.automation["schedule", dag.schedule.name] = variables["schedule"]
            add_schedule(module, dag.schedule, dag.partitions, variables)
        for sensor in dag.sensors:
            name = module.name(sensor.name, "_sensor")
            result.automation["sensor", sensor.name] = name
            add_sensor(module, sensor, name, variables, dag.job.name)
        for run_sensor in dag.run_sensors:
            name = module.name(run_sensor.name, "_sensor")
            result.automation["sensor", run_sensor.name] = name
            add_run_sensor(module, run_sensor, name, variables)
    result.text = module.render()
    return result


def _reserve(module: Module, dag: DagModule) -> None:
    """Take the names that the imports and statements of all pieces bind, so that no definition of ours hides one."""
    used: list[Code | CarriedBody | Carried] = [*dag.statements, *dag.carried]
    definitions: list[Asset | AssetCheck] = [*dag.assets, *dag.checks]
    for definition in definitions:
        used += [definition.body, *definition.decorators]
    used += [*(sensor.body for sensor in dag.sensors), *(sensor.body for sensor in dag.run_sensors)]
    imports = [*dag.imports, *(item for user in used for item in user.imports)]
    module.taken.update(map(bound_name, imports))
    own = [item.rename or item.name for item in dag.carried if item.name and item.kind != "import"]
    module.taken.update(own)
    for statements in dag.statements:
        module.taken |= bound_names(parsed(module.place.resolve_text(statements.text)))
    module.define(own)
    module.taken.update(use.type_name for item in (*definitions, *dag.sensors) for use in item.resources)


def _add_carried(module: Module, dag: DagModule, variables: dict[str, str], transform: Transform) -> None:
    """Carried imports to the imports; constants, then the partitions, then whatever else the user wrote."""
    partitions_due = dag.partitions is not None
    previous: Carried | None = None
    for item in dag.carried:
        text = carried_text(item, module.place.resolve_text, transform)
        if item.kind == "import":
            module.add("", (*item.imports, *_carried_imports(module, item, text)))
            continue
        if partitions_due and item.kind != "assign":
            _add_partitions(module, dag.partitions, variables)
            partitions_due = False
            previous = None
        if previous is not None and _adjacent(previous, item):
            module.add("", item.imports)
            module.parts[-1] += "\n" + text
        else:
            module.add(text, item.imports)
        previous = item if item.kind == "assign" else None
    if partitions_due:
        _add_partitions(module, dag.partitions, variables)


def _carried_imports(module: Module, item: Carried, text: str) -> Sequence[Import]:
    found = parse_imports(text)
    if item.rename and len(found) == 1:
        return (Import(found[0].module, found[0].name, item.rename),)
    # `import a.b` of a copied module: one import binds `a`, another loads `a.b` under a name nobody reads.
    module.loaded.update(one.alias for one in found if one.alias.startswith("_") and one.alias not in item.source.text)
    return found


def _adjacent(first: Carried, second: Carried) -> bool:
    """Whether the second constant followed the first without a blank line between them."""
    return first.source.file == second.source.file and second.span.line == first.span.end_line + 1


def _add_partitions(module: Module, partitions: Partitions | None, variables: dict[str, str]) -> None:
    assert partitions is not None
    arguments = [
        f"cron_schedule={literal(partitions.cron)}",
        f"start={literal(partitions.start)}",
        *([f"end={literal(partitions.end)}"] if partitions.end else []),
        f"timezone={literal(partitions.timezone)}",
        f"fmt={literal(partitions.fmt)}",
        *([f"end_offset={partitions.end_offset}"] if partitions.end_offset else []),
    ]
    module.add(f"{variables['intervals']} = dg.TimeWindowPartitionsDefinition(\n{_lines(arguments)}\n)")


def _asset_arguments(module: Module, asset: Asset, variables: dict[str, str]) -> list[str]:
    """The keywords of `@dg.asset`, those that say something only."""
    inputs = ", ".join(f"{literal(i.name)}: dg.AssetIn({key_literal(i.key)})" for i in asset.inputs)
    return [
        f"key={key_literal(asset.key)}",
        *([f"ins={{{inputs}}}"] if inputs else []),
        *([f"deps=[{', '.join(deps)}]"] if (deps := _deps(asset)) else []),
        *description(asset.description),
        *([f"group_name={literal(asset.group)}"] if asset.group else []),
        *([f"partitions_def={variables['intervals']}"] if asset.partitioned else []),
        *([f"retry_policy={_retry(asset.retry)}"] if asset.retry else []),
        *([f"freshness_policy={module.code(asset.freshness)}"] if asset.freshness else []),
        *([f"pool={literal(asset.pool)}"] if asset.pool else []),
        *([f"io_manager_key={literal(asset.io_manager)}"] if asset.io_manager else []),
        *(["output_required=False"] if not asset.output_required else []),
        *([f"owners={literal(list(asset.owners))}"] if asset.owners else []),
        *([f"kinds={literal(set(asset.kinds))}"] if asset.kinds else []),
        *([f"tags={literal(dict(asset.tags))}"] if asset.tags else []),
        *([f"op_tags={literal(dict(asset.op_tags))}"] if asset.op_tags else []),
        *([f"code_version={literal(asset.code_version)}"] if asset.code_version else []),
        *([f"metadata={literal(dict(asset.metadata))}"] if asset.metadata else []),
    ]


def _deps(asset: Asset) -> list[str]:
    """What the asset comes after without reading it; its own partition before, where runs depend on the past."""
    past = f"dg.AssetDep({key_literal(asset.key)}, partition_mapping=dg.TimeWindowPartitionMapping(-1, -1))"
    return [*map(key_literal, (*asset.deps, *asset.other_deps)), *([past] if asset.after_itself else [])]


def _check_arguments(check: AssetCheck, function: str, variables: dict[str, str]) -> list[str]:
    return [
        f"asset={key_literal(check.asset)}",
        *([f"name={literal(check.name)}"] if check.name != function else []),
        *(["blocking=True"] if check.blocking else []),
        *([f"additional_deps=[{', '.join(map(key_literal, check.additional_deps))}]"] if check.additional_deps else []),
        *description(check.description),
        *([f"partitions_def={variables['intervals']}"] if check.partitioned else []),
        *([f"retry_policy={_retry(check.retry)}"] if check.retry else []),
        *([f"metadata={literal(dict(check.metadata))}"] if check.metadata else []),
    ]


def _retry(retry: Retry) -> str:
    delay = int(retry.delay) if retry.delay == int(retry.delay) else retry.delay
    return f"dg.RetryPolicy(max_retries={retry.max_retries}{f', delay={delay}' if delay else ''})"


def _asset_signature(module: Module, asset: Asset) -> tuple[list[str], str]:
    """The parameters (context, resources, inputs) and the return annotation."""
    context = "dg.AssetExecutionContext" if asset.flow is None else "dg.OpExecutionContext"
    parameters = [f"context: {context}"] if asset.needs_context else []
    parameters += resource_parameters(module, asset.resources)
    parameters += [f"{item.name}: {item.annotation}" for item in asset.inputs if not item.for_decorator]
    mapped = asset.flow.parameters if asset.flow is not None else ()
    parameters += [f"{name}: Any" if default is None else f"{name}: Any = {default}" for name, default in mapped]
    return parameters, asset.returns


def _add_function(
    module: Module,
    definition: Asset | AssetCheck,
    name: str,
    arguments: list[str],
    signature: tuple[list[str], str],
    transform: Transform,
) -> None:
    """A decorated function."""
    decorator = "dg.asset" if isinstance(definition, Asset) else "dg.asset_check"
    if isinstance(definition, Asset) and definition.flow is not None:
        decorator = f"{GRAPH}.task"
    body = _body(module, definition.body, transform)
    parameters, returns = signature
    described = definition.description if in_docstring(definition.description or "") else None
    lines = [
        *([comment_lines] if (comment_lines := body.above) else []),
        f"@{decorator}(\n{_lines(arguments)}\n)"
        if isinstance(definition, Asset)
        else f"@{decorator}({', '.join(arguments)})",
        *(f"@{module.code(item)}" for item in definition.decorators),
        f"{'async ' if body.is_async else ''}def {name}({', '.join(parameters)}) -> {returns}:",
        *([indent(docstring(textwrap.dedent(described)))] if described else []),
        *([as_function_body(body.text)] if not described or body.text.strip() != "pass" else []),
    ]
    module.add("\n".join(lines))


def _body(module: Module, body: Body, transform: Transform) -> BodyText:
    if isinstance(body, Code):
        return BodyText(module.code(body))
    if renames := module.need(body.imports):
        ours = " ".join([*body.preamble, *(item.text for item in body.rewrites)])
        theirs = piece(body.source, body.span)
        for name in renames:
            # The user's own text cannot take another name; ours can.
            if not mentions(ours, name) and mentions(theirs, name):
                module.refuse(name)
        body = replace(
            body,
            preamble=tuple(rename(text, renames) for text in body.preamble),
            rewrites=tuple(replace(item, text=rename(item.text, renames)) for item in body.rewrites),
        )
    return carried_body(body, module.place.resolve_text, transform)


def _lines(arguments: Sequence[str]) -> str:
    """Arguments one a line, which ruff joins where they fit and are no more than two, for want of a trailing comma."""
    return ",\n".join(f"    {argument}" for argument in arguments) + ("," if len(arguments) > 2 else "")
