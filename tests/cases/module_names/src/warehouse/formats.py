"""How values are shown, here and in Airflow's log."""

import json

from airflow.listeners import hookimpl

DIGITS = 2


def shorten(values):
    return json.dumps([round(value, DIGITS) for value in values])


@hookimpl
def on_starting(component):
    print(shorten([len(str(component))]))
