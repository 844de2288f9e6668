"""What a Variable without default is read into, and computed from, at module level."""

import json
import logging
from datetime import datetime

from airflow import DAG
from airflow.models import Variable
from airflow.operators.python import PythonOperator

from places import folders

log = logging.getLogger(__name__)


def describe(host):
    # Hosts are told by their first label.
    return host.partition(".")[0]


def announce():
    log.info("hosts: %s", ", ".join(hosts))


with DAG("late_constants", schedule=None, start_date=datetime(2024, 1, 1), catchup=False) as dag:
    settings = Variable.get("PROXY_SETTINGS", deserialize_json=True)
    hosts = [f"http://{line}" for line in settings["hosts"]]
    names = {host: describe(host) for host in hosts}

    def count_hosts():
        """How many hosts there are."""
        return len(hosts)

    def show_names(prefix, **kwargs):
        print(prefix, json.dumps(names))

    def listing(folder):
        def show(**kwargs):
            kwargs["ti"].log.info("%s of %s", folder, folders)

        return show

    def first_line():
        """What the comment says stays."""
        # The first of them is the newest.
        return hosts[0]

    count = PythonOperator(task_id="count_hosts", python_callable=count_hosts)
    first = PythonOperator(task_id="first", python_callable=show_names, op_args=["a"])
    second = PythonOperator(task_id="second", python_callable=show_names, op_args=["b"])
    told = PythonOperator(task_id="told", python_callable=announce)
    listed = PythonOperator(task_id="listed", python_callable=listing("in"))
    line = PythonOperator(task_id="line", python_callable=first_line)
    again = PythonOperator(task_id="again", python_callable=first_line)
    count >> [first, second] >> told >> [listed, line, again]
