"""Tasks that are mapped over what Variables and the environment say, which may be missing when the project is loaded."""

import os
from datetime import datetime

from airflow import DAG
from airflow.decorators import task
from airflow.models import Variable

REGIONS = {"all": ["north", "south"], "north": ["north"]}.get(os.environ.get("REGIONS", "all"))

with DAG("mapping_over_settings", schedule=None, start_date=datetime(2024, 1, 1), catchup=False):

    @task
    def measure(region):
        return len(region)

    @task
    def copy(source, bucket):
        return f"{bucket}/{source}"

    measure.expand(region=REGIONS)
    copy.expand_kwargs([{"source": name, "bucket": Variable.get("bucket")} for name in ("rain", "wind")])
