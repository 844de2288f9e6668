"""Never loads."""

import time

from airflow.sdk import DAG

time.sleep(3600)
dag = DAG("hangs", schedule=None)
