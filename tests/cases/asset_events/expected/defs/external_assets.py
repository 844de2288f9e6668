"""Assets that start DAGs of this project and that none of its tasks makes.

Whoever makes one tells Dagster so, and the sensors that wait for it see it: with `report_runless_asset_event` of the
Dagster instance, or by POST to `/report_asset_materialization/` of the web server.
https://docs.dagster.io/guides/build/assets/external-assets
"""

import dagster as dg

elsewhere = dg.AssetSpec(
    ["elsewhere"], metadata={"airflow/asset_name": "elsewhere", "airflow/asset_uri": "elsewhere"}
)
