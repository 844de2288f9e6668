from airflow.sdk import Variable


def limit():
    return int(Variable.get("limit", default=5))
