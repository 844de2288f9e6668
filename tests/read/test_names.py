"""Names: canonical paths, the lines that have a path, task types and the decision of the line a file is for."""

from __future__ import annotations

import importlib
import inspect

import pytest

from migrator.read import names
from migrator.read.tables import DATA, table

STANDARD = "airflow.providers.standard"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        # the authoring API, by its paths of 1, 2 and 3
        ("airflow.DAG", "airflow.sdk.DAG"),
        ("airflow.models.DAG", "airflow.sdk.DAG"),
        ("airflow.models.dag.DAG", "airflow.sdk.DAG"),
        ("airflow.sdk.DAG", "airflow.sdk.DAG"),
        ("airflow.sdk.definitions.dag.DAG", "airflow.sdk.DAG"),
        ("airflow.decorators.dag", "airflow.sdk.dag"),
        ("airflow.models.dag.dag", "airflow.sdk.dag"),
        ("airflow.decorators.task", "airflow.sdk.task"),
        ("airflow.decorators.task.branch", "airflow.sdk.task.branch"),
        ("airflow.decorators.task_group", "airflow.sdk.task_group"),
        ("airflow.decorators.setup", "airflow.sdk.setup"),
        ("airflow.decorators.teardown", "airflow.sdk.teardown"),
        ("airflow.utils.task_group.TaskGroup", "airflow.sdk.TaskGroup"),
        ("airflow.Dataset", "airflow.sdk.Asset"),
        ("airflow.datasets.Dataset", "airflow.sdk.Asset"),
        ("airflow.datasets.DatasetAlias", "airflow.sdk.AssetAlias"),
        ("airflow.timetables.datasets.DatasetOrTimeSchedule", "airflow.sdk.AssetOrTimeSchedule"),
        ("airflow.timetables.trigger.CronTriggerTimetable", "airflow.sdk.CronTriggerTimetable"),
        ("airflow.models.Variable", "airflow.sdk.Variable"),
        ("airflow.models.variable.Variable", "airflow.sdk.Variable"),
        ("airflow.models.Connection", "airflow.sdk.Connection"),
        ("airflow.models.BaseOperator", "airflow.sdk.BaseOperator"),
        ("airflow.models.baseoperator.BaseOperator", "airflow.sdk.BaseOperator"),
        ("airflow.providers.common.compat.sdk.BaseOperator", "airflow.sdk.BaseOperator"),
        ("airflow.providers.common.compat.sdk.timezone", "airflow.sdk.timezone"),
        ("airflow.sensors.base_sensor_operator.BaseSensorOperator", "airflow.sdk.BaseSensorOperator"),
        ("airflow.sensors.base.BaseSensorOperator", "airflow.sdk.BaseSensorOperator"),
        ("airflow.models.Param", "airflow.sdk.Param"),
        ("airflow.models.param.Param", "airflow.sdk.Param"),
        ("airflow.utils.helpers.chain", "airflow.sdk.chain"),
        ("airflow.models.baseoperator.chain", "airflow.sdk.chain"),
        ("airflow.models.baseoperator.cross_downstream", "airflow.sdk.cross_downstream"),
        ("airflow.utils.edgemodifier.Label", "airflow.sdk.Label"),
        ("airflow.operators.python.get_current_context", "airflow.sdk.get_current_context"),
        ("airflow.models.xcom_arg.XComArg", "airflow.sdk.XComArg"),
        ("airflow.XComArg", "airflow.sdk.XComArg"),
        ("airflow.utils.trigger_rule.TriggerRule", "airflow.sdk.TriggerRule"),
        ("airflow.utils.weight_rule.WeightRule", "airflow.sdk.WeightRule"),
        ("airflow.hooks.base_hook.BaseHook", "airflow.sdk.BaseHook"),
        ("airflow.hooks.base.BaseHook", "airflow.sdk.BaseHook"),
        ("airflow.io.path.ObjectStoragePath", "airflow.sdk.ObjectStoragePath"),
        ("airflow.utils.timezone", "airflow.sdk.timezone"),
        ("airflow.utils.timezone.datetime", "airflow.sdk.timezone.datetime"),
        ("airflow.macros.ds_add", "airflow.sdk.macros.ds_add"),
        ("airflow.utils.context.Context", "airflow.sdk.Context"),
        # exceptions, and what Airflow 3 has no more
        ("airflow.AirflowException", "airflow.exceptions.AirflowException"),
        ("airflow.exceptions.AirflowSkipException", "airflow.exceptions.AirflowSkipException"),
        ("airflow.sdk.exceptions.AirflowSkipException", "airflow.exceptions.AirflowSkipException"),
        ("airflow.utils.dates.days_ago", "airflow.utils.dates.days_ago"),
        ("airflow.utils.weekday.WeekDay", "airflow.providers.standard.utils.weekday.WeekDay"),
        ("airflow.operators.subdag_operator.SubDagOperator", "airflow.operators.subdag.SubDagOperator"),
        # operators and sensors of the core
        ("airflow.operators.BashOperator", f"{STANDARD}.operators.bash.BashOperator"),
        ("airflow.operators.bash_operator.BashOperator", f"{STANDARD}.operators.bash.BashOperator"),
        ("airflow.operators.bash.BashOperator", f"{STANDARD}.operators.bash.BashOperator"),
        ("airflow.operators.dummy_operator.DummyOperator", f"{STANDARD}.operators.empty.EmptyOperator"),
        ("airflow.operators.dummy.DummyOperator", f"{STANDARD}.operators.empty.EmptyOperator"),
        (
            "airflow.operators.dagrun_operator.TriggerDagRunOperator",
            f"{STANDARD}.operators.trigger_dagrun.TriggerDagRunOperator",
        ),
        (
            "airflow.sensors.external_task_sensor.ExternalTaskSensor",
            f"{STANDARD}.sensors.external_task.ExternalTaskSensor",
        ),
        ("airflow.sensors.time_sensor.TimeSensor", f"{STANDARD}.sensors.time.TimeSensor"),
        ("airflow.contrib.sensors.file_sensor.FileSensor", f"{STANDARD}.sensors.filesystem.FileSensor"),
        ("airflow.operators.email_operator.EmailOperator", "airflow.providers.smtp.operators.smtp.EmailOperator"),
        (
            "airflow.operators.check_operator.CheckOperator",
            "airflow.providers.common.sql.operators.sql.SQLCheckOperator",
        ),
        ("airflow.operators.sensors.HttpSensor", "airflow.providers.http.sensors.http.HttpSensor"),
        # providers
        (
            "airflow.operators.postgres_operator.PostgresOperator",
            "airflow.providers.postgres.operators.postgres.PostgresOperator",
        ),
        (
            "airflow.operators.http_operator.SimpleHttpOperator",
            "airflow.providers.http.operators.http.HttpOperator",
        ),
        ("airflow.hooks.S3_hook.S3Hook", "airflow.providers.amazon.aws.hooks.s3.S3Hook"),
        (
            "airflow.contrib.operators.bigquery_operator.BigQueryOperator",
            "airflow.providers.google.cloud.operators.bigquery.BigQueryExecuteQueryOperator",
        ),
        (
            "airflow.contrib.operators.gcs_to_bq.GoogleCloudStorageToBigQueryOperator",
            "airflow.providers.google.cloud.transfers.gcs_to_bigquery.GCSToBigQueryOperator",
        ),
        (
            "airflow.contrib.operators.ecs_operator.ECSOperator",
            "airflow.providers.amazon.aws.operators.ecs.EcsRunTaskOperator",
        ),
        (
            "airflow.providers.amazon.aws.operators.s3_copy_object.S3CopyObjectOperator",
            "airflow.providers.amazon.aws.operators.s3.S3CopyObjectOperator",
        ),
        (
            "airflow.contrib.operators.kubernetes_pod_operator.KubernetesPodOperator",
            "airflow.providers.cncf.kubernetes.operators.pod.KubernetesPodOperator",
        ),
        (
            "airflow.providers.cncf.kubernetes.operators.kubernetes_pod.KubernetesPodOperator",
            "airflow.providers.cncf.kubernetes.operators.pod.KubernetesPodOperator",
        ),
        ("airflow.contrib.kubernetes.secret.Secret", "airflow.providers.cncf.kubernetes.secret.Secret"),
        ("airflow.kubernetes.secret.Secret", "airflow.providers.cncf.kubernetes.secret.Secret"),
        # modules, and what nobody knows
        ("airflow.operators.bash_operator", "airflow.operators.bash_operator"),
        ("airflow.operators.my_plugin.MyOperator", "airflow.operators.my_plugin.MyOperator"),
        ("airflow.providers.nobody.operators.x.XOperator", "airflow.providers.nobody.operators.x.XOperator"),
        ("pandas.DataFrame", "pandas.DataFrame"),
    ],
)
def test_canonical(path: str, expected: str) -> None:
    assert names.canonical(path) == expected
    assert names.canonical(expected) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("airflow", "123"),
        ("airflow.DAG", "123"),
        ("airflow.sdk", "3"),
        ("airflow.sdk.DAG", "3"),
        ("airflow.decorators", "23"),
        ("airflow.operators.BashOperator", "1"),
        ("airflow.operators.bash_operator", "12"),
        ("airflow.operators.bash_operator.BashOperator", "12"),
        ("airflow.operators.bash.BashOperator", "23"),
        ("airflow.operators.dummy.DummyOperator", "2"),
        ("airflow.utils.dates.days_ago", "12"),
        ("airflow.datasets.Dataset", "2"),
        ("airflow.contrib.kubernetes.secret.Secret", "1"),
        ("airflow.providers.standard.operators.bash.BashOperator", "23"),
        ("airflow.providers.postgres.operators.postgres.PostgresOperator", "2"),
        ("airflow.providers.amazon.aws.operators.s3_copy_object", "2"),
        ("airflow.operators.bash.NoSuchOperator", ""),
        ("airflow.operators.my_plugin", ""),
        ("airflowish.DAG", ""),
    ],
)
def test_lines(path: str, expected: str) -> None:
    assert names.lines(path) == frozenset(expected)
    assert [line for line in "123" if names.exists(path, line)] == sorted(expected)


@pytest.mark.parametrize(
    ("path", "line", "expected"),
    [
        ("airflow.operators.dummy.DummyOperator", "2", "EmptyOperator"),
        ("airflow.operators.dummy_operator.DummyOperator", "2", "EmptyOperator"),
        ("airflow.operators.dummy.DummyOperator", "3", "DummyOperator"),
        ("airflow.operators.python_operator.PythonOperator", "2", "PythonOperator"),
        ("airflow.operators.empty.EmptyOperator", "3", "EmptyOperator"),
        ("airflow.operators.check_operator.CheckOperator", "2", "SQLCheckOperator"),
        ("airflow.contrib.operators.bigquery_operator.BigQueryOperator", "2", "BigQueryExecuteQueryOperator"),
        ("airflow.providers.http.operators.http.SimpleHttpOperator", "2", "SimpleHttpOperator"),
        ("airflow.operators.http_operator.SimpleHttpOperator", "2", "SimpleHttpOperator"),
        ("airflow.operators.subdag.SubDagOperator", "2", "SubDagOperator"),
        ("airflow.decorators.task", "2", "_PythonDecoratedOperator"),
        ("airflow.sdk.task", "3", "_PythonDecoratedOperator"),
        ("airflow.decorators.task.bash", "2", "_BashDecoratedOperator"),
        ("airflow.sdk.task.sensor", "3", "DecoratedSensorOperator"),
        ("lib.operators.CurlOperator", "2", "CurlOperator"),
    ],
)
def test_task_type(path: str, line: str, expected: str) -> None:
    assert names.task_type(path, line) == expected


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        ([], "2"),
        (["airflow.DAG"], "2"),
        (["airflow.DAG", "airflow.operators.bash.BashOperator"], "2"),
        (["airflow.DAG", "airflow.operators.bash_operator.BashOperator"], "2"),
        (["airflow.DAG", "airflow.operators.BashOperator"], "1"),
        (["airflow.operators.BashOperator", "airflow.operators.bash.BashOperator"], "2"),
        (["airflow.decorators.dag", "airflow.utils.dates.days_ago"], "2"),
        (["airflow.sdk.DAG", "airflow.operators.bash_operator.BashOperator"], "3"),
        (["airflow.DAG", "airflow.providers.standard.operators.bash.BashOperator"], "3"),
        (["airflow.utils.dates.days_ago", "airflow.providers.standard.operators.bash.BashOperator"], "2"),
        (["airflow.operators.my_plugin.X", "pandas.DataFrame"], "2"),
    ],
)
def test_import_version(paths: list[str], expected: str) -> None:
    assert names.import_version(paths) == expected


def test_public_names() -> None:
    authoring = {"dag", "setup", "task", "task_group", "teardown"}
    assert authoring <= set(names.public_names("airflow.decorators", "2"))
    assert set(names.public_names("airflow.decorators", "3")) == authoring
    assert "BashOperator" in names.public_names("airflow.operators.bash_operator", "1")
    assert "days_ago" in names.public_names("airflow.utils.dates", "2")
    assert "days_ago" not in names.public_names("airflow.utils.dates", "3")
    assert names.public_names("airflow.no_such_module") == ()


@pytest.mark.parametrize("path", ["airflow", "airflow.operators.my_plugin", "airflow.providers.x"])
def test_is_airflow(path: str) -> None:
    assert names.is_airflow(path)


@pytest.mark.parametrize("path", ["airflow_dbt", "cosmos.DbtDag", "dags.airflow"])
def test_is_not_airflow(path: str) -> None:
    assert not names.is_airflow(path)


def test_canonical_is_stable() -> None:
    """What is canonical stays so, for every name of every module."""
    for file in sorted(DATA.glob("names-*.json")):
        for module in table(file.stem):
            for name in names._names(module):
                found = names.canonical(f"{module}.{name}")
                assert names.canonical(found) == found


def moved_operators() -> list[str]:
    """Every operator or sensor of the core that 3 can import by a path of its core."""
    modules = table("names-airflow")
    return [
        f"{module}.{name}"
        for module, record in modules.items()
        if module.startswith(("airflow.operators.", "airflow.sensors.")) and not isinstance(record, str)
        for name in names._names(module)
        if name.endswith(("Operator", "Sensor")) and names.exists(f"{module}.{name}", "3")
    ]


@pytest.mark.parametrize("path", moved_operators())
@pytest.mark.filterwarnings("ignore")
def test_airflow_agrees(path: str) -> None:
    """Airflow 3 gives the same class by the path and by the canonical one, with the name the tables say."""
    pytest.importorskip("airflow.sdk")
    if path.endswith(".EmailOperator"):
        pytest.importorskip("airflow.providers.smtp")
    assert imported(path) is imported(names.canonical(path))
    assert imported(path).__name__ == names.task_type(path, "3")


def imported(path: str) -> type:
    module, _, name = path.rpartition(".")
    found = getattr(importlib.import_module(module), name)
    assert inspect.isclass(found)
    return found
