"""The text that the rules for checks, services and sensors write."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest
from stub import PLACE, apply, function, text

from migrator.airflow_model import Symbol, Unknown
from migrator.dagster_model import Code

CHECKS = "airflow.providers.common.sql.operators.sql"
STANDARD = "airflow.providers.standard"
HTTP = "airflow.providers.http.operators.http.HttpOperator"


def test_sql_check() -> None:
    result, _ = apply(f"{CHECKS}.SQLCheckOperator", conn_id="w", sql="SELECT COUNT(*) FROM t")
    assert text(result) == (
        "row = w.get_first('SELECT COUNT(*) FROM t')\n"
        'return dg.AssetCheckResult(passed=bool(row) and all(row), metadata={"first_row": str(row)})'
    )
    assert isinstance(result.raising, Code)
    assert result.raising.text.splitlines()[1:] == [
        "if not row or not all(row):",
        '    raise dg.Failure(f"The check did not pass: {row}")',
    ]
    assert (result.check, result.tried_again) == (True, True)


def test_a_check_that_is_tried_again_or_not() -> None:
    result, _ = apply(f"{CHECKS}.SQLCheckOperator", conn_id="w", sql="SELECT 1", retries=2, retry_on_failure=False)
    assert result.fidelity is None
    assert isinstance(result.raising, Code)
    assert "allow_retries=False" in result.raising.text


@pytest.mark.parametrize(
    ("operator", "arguments", "expected"),
    [
        (
            "SQLValueCheckOperator",
            {"sql": "SELECT 1", "pass_value": 5, "tolerance": 0.1},
            "check_value(w.get_first('SELECT 1'), 5, tolerance=0.1)",
        ),
        (
            "SQLColumnCheckOperator",
            {"table": "t", "column_mapping": {"id": {"null_check": {"equal_to": 0}}}, "accept_none": False},
            "check_columns(w, 't', {'id': {'null_check': {'equal_to': 0}}}, accept_none=False)",
        ),
        (
            "SQLTableCheckOperator",
            {
                "table": "t",
                "checks": {"rows": {"check_statement": "COUNT(*) > 0"}},
                "partition_clause": "d = '{{ ds }}'",
            },
            "check_table(w, 't', {'rows': {'check_statement': 'COUNT(*) > 0'}}, "
            "partition_clause=render(\"d = '{{ ds }}'\"))",
        ),
        (
            "SQLIntervalCheckOperator",
            {"table": "t", "metrics_thresholds": {"SUM(x)": 2, "COUNT(*)": 1.5}, "days_back": 1},
            "check_interval(w, 't', {'SUM(x)': 2, 'COUNT(*)': 1.5}, render('{{ ds }}'), days_back=1)",
        ),
        (
            "SQLThresholdCheckOperator",
            {"sql": "SELECT 1", "min_threshold": 0, "max_threshold": "SELECT 9"},
            "check_threshold(w, 'SELECT 1', 0, 'SELECT 9')",
        ),
    ],
)
def test_other_checks(operator: str, arguments: dict[str, Any], expected: str) -> None:
    result, _ = apply(f"{CHECKS}.{operator}", conn_id="w", **arguments)
    assert text(result) == f"return {expected}.check_result()"
    assert isinstance(result.raising, Code)
    assert result.raising.text == f"{expected}.require()"


def test_http() -> None:
    result, _ = apply(HTTP, http_conn_id="api", endpoint="orders/{{ ds }}", method="GET", deferrable=True)
    assert text(result) == "return api.run(render('orders/{{ ds }}'), method='GET').text"
    result, _ = apply(
        HTTP,
        endpoint="orders",
        data={"day": "{{ ds }}"},
        request_kwargs={"json": {}},
        log_response=True,
        response_check=function("ok", "response", "ds"),
        response_filter=function("pick", "response"),
    )
    assert text(result).splitlines() == [
        "response = http_default.run('orders', method=\"POST\", data=render({'day': '{{ ds }}'}), **{'json': {}})",
        "context.log.info(response.text)",
        "if not ok(response, ds):",
        '    raise dg.Failure("Response check returned False.")',
        "return pick(response)",
    ]
    assert text(apply(HTTP, endpoint="x", pagination_function=function())[0]) == "bridge"


def test_http_of_airflow_1() -> None:
    simple = "airflow.providers.http.operators.http.SimpleHttpOperator"
    assert text(apply(simple, "1", endpoint="x")[0]) == "http_default.run('x', method=\"POST\")"
    assert (
        text(apply(simple, "1", endpoint="x", xcom_push=True)[0])
        == "return http_default.run('x', method=\"POST\").text"
    )


def test_http_sensor() -> None:
    sensor = "airflow.providers.http.sensors.http.HttpSensor"
    result, _ = apply(sensor, endpoint="up", poke_interval=timedelta(seconds=5), timeout=60, soft_fail=True)
    assert text(result) == (
        "poke_until(lambda: http_ready(lambda: http_default.run('up', method=\"GET\")), "
        "poke_interval=5, timeout=60, soft_fail=True)"
    )
    assert result.may_skip
    result, _ = apply(sensor, endpoint="up", response_check=function("ok", "response"))
    assert "response_check=lambda response: ok(response)" in text(result)


@pytest.mark.parametrize(
    ("sensor", "airflow", "arguments", "expected"),
    [
        (
            "filesystem.FileSensor",
            "3",
            {"filepath": "in/*.csv", "fs_conn_id": "landing", "recursive": True},
            "poke_until(lambda: landing.exists('in/*.csv', recursive=True))",
        ),
        ("filesystem.FileSensor", "2", {"filepath": "/in/x"}, "poke_until(lambda: file_exists('/in/x'))"),
        (
            "bash.BashSensor",
            "3",
            {"bash_command": "test -f x", "retry_exit_code": 1},
            "poke_until(lambda: bash_succeeds('test -f x', retry_exit_code=1))",
        ),
        (
            "weekday.DayOfWeekSensor",
            "2",
            {"week_day": {"Saturday", "SUNDAY"}},
            "poke_until(lambda: datetime.now(timezone.utc).isoweekday() in {6, 7})",
        ),
        (
            "weekday.DayOfWeekSensor",
            "3",
            {"week_day": Symbol("airflow.x.WeekDay.MONDAY"), "use_task_logical_date": True},
            'poke_until(lambda: airflow["logical_date"].isoweekday() == 1)',
        ),
        ("date_time.DateTimeSensor", "3", {"target_time": "{{ ds }}"}, "wait_until(render('{{ ds }}'))"),
        (
            "time_delta.TimeDeltaSensor",
            "2",
            {"delta": timedelta(minutes=5)},
            'wait_until(airflow["data_interval_end"] + timedelta(seconds=300))',
        ),
        ("time_delta.WaitSensor", "3", {"time_to_wait": 5}, "time.sleep(timedelta(minutes=5).total_seconds())"),
        (
            "time.TimeSensor",
            "2",
            {"target_time": time(6, 30), "poke_interval": 30.5},
            "poke_until(lambda: datetime.now(timezone.utc).time() > datetime.time(6, 30), poke_interval=30.5)",
        ),
        (
            "time.TimeSensor",
            "3",
            {"target_time": time(6, 30)},
            "wait_until(datetime.combine(datetime.now(timezone.utc).date(), datetime.time(6, 30), timezone.utc))",
        ),
    ],
)
def test_sensors(sensor: str, airflow: str, arguments: dict[str, Any], expected: str) -> None:
    result, view = apply(f"{STANDARD}.sensors.{sensor}", airflow, **arguments)
    assert text(result) == expected
    assert view.said == []


def test_sensors_that_call_functions() -> None:
    result, _ = apply(f"{STANDARD}.sensors.python.PythonSensor", callable_=function("ready", "ds"), op_args=[1])
    assert text(result) == "return poke_until(lambda: ready(1, ds))"
    result, _ = apply("@task.sensor", callable_=function("ready"), mode="reschedule", timeout=5)
    assert text(result) == "return poke_until(lambda: ready(), timeout=5)"


def test_sql_sensor() -> None:
    sensor = "airflow.providers.common.sql.sensors.sql.SqlSensor"
    result, _ = apply(sensor, conn_id="w", sql="SELECT 1", success=function("enough", "n"))
    assert text(result) == "poke_until(lambda: rows_ready(w.get_records('SELECT 1'), success=enough))"
    assert "allow_null=True" in text(apply(sensor, "1", conn_id="w", sql="SELECT 1")[0])


def test_waiting_that_keeps_its_slot_is_named() -> None:
    for arguments in ({"mode": "reschedule"}, {"deferrable": True}):
        _, view = apply(f"{STANDARD}.sensors.filesystem.FileSensor", filepath="/x", **arguments)
        assert len(view.said) == 1


def test_mail_and_chat() -> None:
    result, _ = apply(
        "airflow.providers.smtp.operators.smtp.EmailOperator",
        to="a@b.c",
        subject="{{ ds }}",
        html_content="x",
        cc=["d@e.f"],
    )
    assert text(result) == (
        "smtp_default.send_email(to='a@b.c', subject=render('{{ ds }}'), html_content='x', cc=['d@e.f'])"
    )
    slack = "airflow.providers.slack.operators"
    result, _ = apply(f"{slack}.slack_webhook.SlackWebhookOperator", slack_webhook_conn_id="chat", message="{{ ds }}")
    assert text(result) == "chat.send(text=render('{{ ds }}'))"
    result, _ = apply(f"{slack}.slack.SlackAPIPostOperator", "3", channel="#x", text="hi", blocks=[{"a": 1}])
    sent = text(result)
    assert sent.startswith('return slack_api_default.call("chat.postMessage", channel=\'#x\', username="Airflow"')
    assert sent.endswith("attachments=\"[]\", blocks=json.dumps([{'a': 1}]))")


OTHER_SENSOR = f"{STANDARD}.sensors.external_task.ExternalTaskSensor"
TRIGGER = f"{STANDARD}.operators.trigger_dagrun.TriggerDagRunOperator"


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({"external_dag_id": "absent"}, "It waits for the DAG `absent`, which is not among those that were converted."),
        ({"external_dag_id": "{{ x }}"}, "Which DAG it waits for is only known when it runs."),
        ({"external_task_id": "c"}, "It waits for the task `c`, which `other` is not known to have."),
        (
            {"external_task_ids": Unknown("read from a file", PLACE)},
            "Which tasks of `other` it waits for is only known when it runs.",
        ),
        ({"external_task_group_id": "c"}, "It waits for a task group that `other` is not known to have."),
        ({"allowed_states": Unknown("read from a file", PLACE)}, "`allowed_states` is not known."),
        ({"execution_date_fn": Symbol("a.b")}, "The function that gives the date it waits for is not known."),
    ],
)
def test_other_dags_that_are_left_to_a_person(arguments: dict[str, Any], why: str) -> None:
    result, _ = apply(OTHER_SENSOR, **{"external_dag_id": "other", **arguments})
    assert text(result) == f"manual A2D408: {why}"


@pytest.mark.parametrize(
    ("airflow", "arguments", "looked"),
    [
        ("2", {}, "logical_date"),
        ("2", {"execution_delta": timedelta(hours=1)}, "logical_date - timedelta(seconds=3600)"),
        ("2", {"execution_delta": timedelta(hours=-1)}, "logical_date + timedelta(seconds=3600)"),
        ("2", {"execution_delta": timedelta()}, "logical_date"),
        ("2", {"execution_date_fn": function("before", "date")}, "before(moment)"),
        ("2", {"execution_date_fn": function("before", "date", "ds")}, "before(moment, ds)"),
        ("2", {"external_task_ids": ["a", "b"]}, "logical_date, tasks=[['other', 'a'], ['other', 'b']]"),
        ("2", {"external_task_group_id": "both"}, "logical_date, tasks=[['other', 'a'], ['other', 'b']]"),
        (
            "3",
            {"external_task_group_id": "both"},
            "logical_date, tasks=[['other', 'a'], ['other', 'b']], together=True",
        ),
        ("2", {"allowed_states": ["success"]}, "logical_date"),
        (
            "2",
            {"failed_states": [Symbol("airflow.utils.state.State.FAILED")]},
            "logical_date, failed_states=['failed']",
        ),
        ("2", {"allowed_states": ["skipped", "success"]}, "logical_date, allowed_states=['skipped', 'success']"),
    ],
)
def test_other_dags_that_are_waited_for(airflow: str, arguments: dict[str, Any], looked: str) -> None:
    result, view = apply(OTHER_SENSOR, airflow, external_dag_id="other", timeout=60, **arguments)
    assert text(result) == f"poke_until(lambda: other_dag_done(context, other_dag, {looked}), timeout=60)"
    assert [dag_id for dag_id, _ in view.depends] == ["other"]


@pytest.mark.parametrize(
    ("airflow", "arguments", "asked"),
    [
        ("2", {}, ""),
        ("2", {"conf": {"day": "{{ ds }}"}}, ", conf=render({'day': '{{ ds }}'})"),
        ("2", {"logical_date": None}, ""),
        ("3", {"logical_date": None}, ", logical_date=None"),
        ("2", {"execution_date": "{{ ts }}"}, ", logical_date=render('{{ ts }}')"),
        ("2", {"poke_interval": 5, "failed_states": []}, ""),
        (
            "2",
            {"wait_for_completion": True, "poke_interval": 5, "failed_states": []},
            ", wait_for_completion=True, poke_interval=5, failed_states=[]",
        ),
    ],
)
def test_other_dags_that_are_started(airflow: str, arguments: dict[str, Any], asked: str) -> None:
    result, view = apply(TRIGGER, airflow, trigger_dag_id="other", **arguments)
    assert text(result) == f"return request_run(context, other_dag, ['dag', 'task']{asked})"
    assert view.sensors == {"other_job": "return requested_runs(context, other_dag, ['dag', 'task'])"}
    result, _ = apply(TRIGGER, airflow, trigger_dag_id="absent")
    assert text(result) == "manual A2D408: It starts the DAG `absent`, which is not among those that were converted."


def test_decisions_of_functions_that_airflow_runs_elsewhere() -> None:
    result, _ = apply("@task.branch_virtualenv", callable_=function())
    assert (result.flow, text(result)) == ("branch", "<body of work>()")
    result, _ = apply("@task.branch_virtualenv", callable_=function(), do_xcom_push=False)
    assert result.flow_arguments == (("do_xcom_push", "False"),)
