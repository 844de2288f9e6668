"""From product_catalog_sync.py."""

from __future__ import annotations

from airflow.providers.http.hooks.http import HttpHook


def all_active_skus() -> list[str]:
    """Follow the pages to the end."""
    hook, page, skus = HttpHook(method="GET", http_conn_id="shop_api"), 1, []
    while page:
        body = hook.run("/products", data={"page": page}).json()
        skus += [item["sku"] for item in body["items"] if item["active"]]
        page = body["next_page"]
    return sorted(skus)
