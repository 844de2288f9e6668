from ...airflow_compat.standins import Variable


def limit():
    return int(Variable.get("limit", default=5))
