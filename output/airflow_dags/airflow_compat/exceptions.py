"""The exceptions a task raises to tell Airflow what becomes of it.

They keep Airflow's names and class tree, so that `except AirflowException` catches what it always caught.
https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/tasks.html#special-exceptions
"""


class AirflowException(Exception):
    """The base class of everything Airflow raises; a task that raises it is retried."""


class AirflowSkipException(AirflowException):
    """The task is skipped."""


class AirflowFailException(AirflowException):
    """The task fails and is not retried."""


class AirflowSensorTimeout(AirflowException):
    """A sensor has waited longer than its `timeout`: it fails and is not retried."""


class AirflowTaskTimeout(BaseException):
    """A task has run longer than its `execution_timeout`: it fails and is retried.

    Not an Exception, in Airflow 2 and 3 too, so that a task's own `except Exception` does not swallow it.
    """


class AirflowNotFoundException(AirflowException):
    """A connection does not exist."""


class AirflowRuntimeError(Exception):
    """A Variable does not exist, in Airflow 3."""


class VariableNotFound(AirflowRuntimeError, KeyError):
    """A Variable does not exist: Airflow 2 raises KeyError, Airflow 3 AirflowRuntimeError."""

    def __str__(self) -> str:
        return str(self.args[0])


class UnfinishedTaskError(NotImplementedError):
    """A task whose body a person has yet to write: whatever its graph would have to know of it is not known."""


class XComNotFound(AirflowException):
    """A value was pulled that no task of the run is known to have pushed."""
