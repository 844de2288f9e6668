"""What in a module is only known when all DAGs are translated: classes of resources, the last assets of other DAGs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..dagster_model import Asset, AssetCheck, ConfigClass, DagModule, Resource, ResourceUse
from .others import leaves


def with_whole_dags(modules: list[DagModule], wanted: Mapping[str, dict[str, list[str]]]) -> list[DagModule]:
    """Fill in the assets of whole DAGs that others depend on, known when all are translated."""
    ends = {m.dag_id: leaves(m) for m in modules}

    def asset(one: Asset) -> Asset:
        dags = wanted[one.origin.dag_id].get(one.origin.task_id, ())
        more = (key for dag_id in dags for key in ends.get(dag_id, ()))
        return replace(one, other_deps=tuple(dict.fromkeys((*one.other_deps, *more)))) if dags else one

    return [replace(m, assets=tuple(map(asset, m.assets))) if wanted[m.dag_id] else m for m in modules]


def with_types(module: DagModule, resources: list[Resource], configs: list[ConfigClass]) -> DagModule:
    """Fill in the classes of the resources, which are only known when every user of a connection was seen."""
    types = {r.name: r.class_name for r in resources} | {c.resource: c.class_name for c in configs}

    def typed(uses: tuple[ResourceUse, ...]) -> tuple[ResourceUse, ...]:
        return tuple(replace(u, type_name=types.get(u.name, u.type_name)) for u in uses)

    assets: list[Asset] = [replace(a, resources=typed(a.resources)) for a in module.assets]
    checks: list[AssetCheck] = [replace(c, resources=typed(c.resources)) for c in module.checks]
    sensors = tuple(replace(s, resources=typed(s.resources)) for s in module.sensors)
    return replace(module, assets=tuple(assets), checks=tuple(checks), sensors=sensors)
