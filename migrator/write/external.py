"""defs/external_assets.py: assets of Airflow that start DAGs of the project and that none of its tasks makes."""

from __future__ import annotations

from collections.abc import Sequence

from ..dagster_model import ExternalAsset
from .text import docstring, free_name, key_literal, literal

MODULE = "external_assets"
_ABOUT = """\
Assets that start DAGs of this project and that none of its tasks makes.

Whoever makes one tells Dagster so, and the sensors that wait for it see it: with `report_runless_asset_event` of the
Dagster instance, or by POST to `/report_asset_materialization/` of the web server.
https://docs.dagster.io/guides/build/assets/external-assets"""


def external_module(assets: Sequence[ExternalAsset]) -> str | None:
    """The text of the module; None where there is none to write."""
    if not assets:
        return None
    taken = {"dg"}
    parts = [docstring(_ABOUT), "import dagster as dg"]
    for asset in assets:
        name = free_name("_".join(asset.key), taken, "_asset")
        metadata = {"airflow/asset_name": asset.name, "airflow/asset_uri": asset.uri}
        known = {key: value for key, value in metadata.items() if value is not None}
        parts.append(f"{name} = dg.AssetSpec({key_literal(asset.key)}, metadata={literal(known)})")
    return "\n\n".join(parts) + "\n"
