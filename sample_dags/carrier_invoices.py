"""Invoices of the parcel carriers: one DAG each, made by a factory from airflow DAG settings in common/."""

from __future__ import annotations

from common.carriers import CARRIERS
from common.invoice_dag import build_invoice_dag

for carrier in CARRIERS:
    extra = {"max_active_runs": 1} if carrier.code == "dhl" else {}
    dag = build_invoice_dag(carrier, **extra)
    globals()[dag.dag_id] = dag
