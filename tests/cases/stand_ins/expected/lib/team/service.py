"""The weather service's hook."""

from ...airflow_compat.exceptions import AirflowException, AirflowFailException
from ...airflow_compat.standins import BaseHook
from ...airflow_compat.standins import Variable


class WeatherService(BaseHook):
    """Reads what stations have measured."""

    def __init__(self, conn_id: str) -> None:
        super().__init__()
        self.conn_id = conn_id

    def read(self, station: str) -> list[float]:
        connection = self.get_connection(self.conn_id)
        if connection.host is None:
            raise AirflowFailException("the service has no host")
        try:
            days = int(Variable.get("days", default_var="2"))
        except ValueError as error:
            raise AirflowException("days is not a number") from error
        self.log.info("reading %s of %s", station, connection.host)
        return [float(len(station) + day) for day in range(days)]
