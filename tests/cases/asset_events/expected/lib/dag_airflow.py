"""From dag.py."""

from airflow.sdk import Asset, AssetAlias

FOUND = AssetAlias("found")


def find(outlet_events=None):
    outlet_events[FOUND].add(Asset("new"))
