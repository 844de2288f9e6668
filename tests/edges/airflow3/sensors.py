"""Airflow 3: every way a sensor may end, with every option that changes it."""

from datetime import datetime, timedelta

from airflow.providers.standard.sensors.bash import BashSensor
from airflow.providers.standard.sensors.date_time import DateTimeSensorAsync
from airflow.providers.standard.sensors.filesystem import FileSensor
from airflow.providers.standard.sensors.python import PythonSensor
from airflow.providers.standard.sensors.time_delta import TimeDeltaSensor
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowFailException, AirflowSensorTimeout, AirflowSkipException


def yes():
    return True


def never():
    return False


def error():
    raise ValueError("no luck")


def fail():
    raise AirflowFailException("never again")


def timeout():
    raise AirflowSensorTimeout("too late")


def skip():
    raise AirflowSkipException("not today")


LOOKS = {"yes": yes, "never": never, "error": error, "fail": fail, "timeout": timeout, "skip": skip}
WAYS = {
    "plain": {},
    "soft": {"soft_fail": True},
    "silent": {"silent_fail": True},
    "nofail": {"never_fail": True},
    "soft_silent": {"soft_fail": True, "silent_fail": True},
}

with DAG(
    "sensors",
    schedule="0 6 * * *",
    start_date=datetime(2024, 1, 1),
    catchup=False,
    default_args={"poke_interval": 0.05, "timeout": 0.1, "retries": 1, "retry_delay": timedelta(seconds=1)},
):
    for look, function in LOOKS.items():
        for way, options in WAYS.items():
            PythonSensor(task_id=f"{look}_{way}", python_callable=function, **options)
    for look in ("never", "error", "timeout"):
        for way in ("plain", "soft"):
            PythonSensor(task_id=f"{look}_{way}_again", python_callable=LOOKS[look], mode="reschedule", **WAYS[way])
    PythonSensor(task_id="backoff", python_callable=never, exponential_backoff=True, timeout=0.5, soft_fail=True)
    PythonSensor(
        task_id="backoff_limited",
        python_callable=never,
        exponential_backoff=True,
        max_wait=timedelta(seconds=0.1),
        timeout=0.3,
    )
    BashSensor(task_id="bash", bash_command="test {{ ds_nodash }} = 20240304")
    BashSensor(task_id="bash_code", bash_command="exit 3", retry_exit_code=4, soft_fail=True)
    DateTimeSensorAsync(task_id="moment", target_time="{{ ts }}")
    TimeDeltaSensor(task_id="delta", delta=timedelta(minutes=5), do_xcom_push=False, deferrable=True)
    FileSensor(task_id="file", filepath="/etc/hostname", deferrable=True)
    FileSensor(task_id="no_file", filepath="/nowhere/{{ ds }}", soft_fail=True)
