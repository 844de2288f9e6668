"""How values are shown, here and in Airflow's log."""

import json

from airflow.utils.log.logging_mixin import LoggingMixin

DIGITS = 2


def shorten(values):
    return json.dumps([round(value, DIGITS) for value in values])


class Shown(LoggingMixin):
    pass
