"""What only running would tell: conditions, ids and edges that depend on Variables and on a module nobody has."""

import os
from datetime import datetime

import company_settings
from airflow import DAG
from airflow.models import Variable
from airflow.operators.empty import EmptyOperator

with DAG("unknown_conditions", schedule=None, start_date=datetime(2024, 1, 1)):
    begin = EmptyOperator(task_id="begin")
    if Variable.get("with_audit", default_var=""):
        begin >> EmptyOperator(task_id="audit")
    for name in company_settings.TABLES:
        begin >> EmptyOperator(task_id=f"load_{name}")
    EmptyOperator(task_id=os.environ["LAST_TASK"])

if os.environ.get("STAGE") == "test":
    with DAG("only_in_test", schedule=None, start_date=datetime(2024, 1, 1)):
        EmptyOperator(task_id="one")
