"""Works only on the machine it was written for."""

import os

from airflow.sdk import DAG

ROOM = os.environ["A_VARIABLE_OF_THAT_MACHINE"]
dag = DAG("raises", schedule=None)
