"""Lists that are filled by a key which only Airflow's database knows: what the tasks get of them is not known."""

from datetime import datetime

from airflow import DAG
from airflow.models import Variable
from airflow.operators.python import PythonOperator

STATIONS = Variable.get("stations", deserialize_json=True, default_var=[])

by_region = {"north": [], "south": []}
for station in STATIONS:
    by_region[station["region"]].append(station["name"])

limits = {"north": {"rain": 40}, "south": {"rain": 25}}
limits[Variable.get("dry_region")]["rain"] = 10


def measure(stations, limit):
    return [f"{name}: {limit}" for name in stations]


with DAG("groups_known_when_run", schedule=None, start_date=datetime(2024, 1, 1), catchup=False):
    for region, names in by_region.items():
        PythonOperator(task_id=f"measure_{region}", python_callable=measure, op_args=[names, 40])
    PythonOperator(task_id="limits", python_callable=measure, op_args=[["port"], limits["north"]["rain"]])
    PythonOperator(task_id="names", python_callable=measure, op_args=[["port"], len(limits)])

globals()[f"stations_{STATIONS}"] = DAG(f"stations_{STATIONS}", schedule=None, start_date=datetime(2024, 1, 1))
