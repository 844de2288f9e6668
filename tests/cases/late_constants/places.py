"""Where things are: known when Airflow has its Variables."""

from airflow.models import Variable

region = Variable.get("REGION")
# One folder for each part of the region.
folders = [f"data-{part}" for part in region.split("-")]
