"""Tasks that call or wait for an HTTP service."""

from __future__ import annotations

from ..airflow_model import Function, Value
from .api import Result, TaskView, rule
from .python import may_raise_skip
from .sensors import gate, poll_text, skips_on_failure, times_out_finally
from .text import call, has, inline, pushes, unless

_KEEP_ALIVE = ("tcp_keep_alive", "tcp_keep_alive_idle", "tcp_keep_alive_count", "tcp_keep_alive_interval")


@rule(
    "airflow.providers.http.operators.http.HttpOperator",
    "airflow.providers.http.operators.http.SimpleHttpOperator",
)
def http_operator(view: TaskView) -> Result:
    """One request through the connection's resource; the response's text is the value, after check and filter.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-http/stable/operators.html
    Dagster: https://docs.dagster.io/guides/build/external-resources
    """
    if has(view, "pagination_function"):
        return view.bridge()
    view.drop("deferrable", "The request is the same; Airflow makes it in the triggerer.")
    view.drop("warn_on_non_idempotent", "It only concerns deferrable requests.")
    view.unsupported("retry_args", "The request is made once in each try of the task.")
    lines = [f"response = {_request(view, 'data', 'POST')}"]
    if view.literal("log_response", bool, False):
        lines.append(f"{view.context()}.log.info(response.text)")
    if has(view, "response_check"):
        check = _of_response(view, "response_check")
        lines.append(f'if not {check}:\n    raise dg.Failure("Response check returned False.")')
    value = _of_response(view, "response_filter") if has(view, "response_filter") else "response.text"
    if _returns(view):
        lines.append(f"return {value}")
    elif has(view, "response_filter"):
        lines.append(value)
    if len(lines) == 2 and lines[1] == "return response.text":
        lines = [f"return {lines[0].removeprefix('response = ')}.text"]
    elif len(lines) == 1:
        lines = [lines[0].removeprefix("response = ")]
    skips = any(_skips(view.value(name)) for name in ("response_check", "response_filter"))
    returns = ("Any" if has(view, "response_filter") else "str") if _returns(view) else "None"
    return Result(view.text("\n".join(lines)), kinds=("http",), returns=returns, may_skip=skips)


@rule("airflow.providers.http.sensors.http.HttpSensor")
def http_sensor(view: TaskView) -> Result:
    """Polls until the request succeeds and the check of its response says so; 404 means not yet.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-http/stable/operators.html#httpsensor
    Dagster: https://docs.dagster.io/guides/automate/sensors
    """
    check = f"lambda response: {_of_response(view, 'response_check')}" if has(view, "response_check") else None
    looked = call(
        view.compat("sensors", "http_ready"),
        f"lambda: {_request(view, 'request_params', 'GET')}",
        response_check=check,
        response_error_codes_allowlist=unless(view, "response_error_codes_allowlist", None),
    )
    if view.gates:
        return gate(view, looked)
    text = poll_text(view, "poke_until", f"lambda: {looked}")
    pushed = check is not None and pushes(view)
    return Result(
        view.text(f"return {text}" if pushed else text),
        kinds=("http",),
        returns="Any" if pushed else "None",
        may_skip=skips_on_failure(view) or _skips(view.value("response_check")),
        may_fail_finally=times_out_finally(view),
    )


def _request(view: TaskView, data: str, method: str) -> str:
    for name in _KEEP_ALIVE:
        view.drop(name, "It tunes the socket; the client's defaults are used.")
    if has(view, "auth_type"):
        view.unsupported("auth_type", "The resource authenticates by user name and password.")
    extra = view.code("request_kwargs") if has(view, "request_kwargs") else ""
    # Before Airflow 2, a sensor's headers were no template.
    templated = view.dag.airflow != "1" or data == "data"
    headers = (view.template("headers") if templated else view.code("headers")) if has(view, "headers") else None
    return call(
        f"{view.connection('http_conn_id', 'http', 'http_default')}.run",
        view.template("endpoint") if has(view, "endpoint") else "",
        method=view.code("method") if has(view, "method") else f'"{method}"',
        data=view.template(data) if has(view, data) else None,
        headers=headers,
        extra_options=unless(view, "extra_options", None),
    ).removesuffix(")") + (f", **{extra})" if extra else ")")


def _of_response(view: TaskView, name: str) -> str:
    """A call of the user's function on `response`; since Airflow 2 it may name parts of the context, too."""
    function: Value = view.value(name)
    if isinstance(function, Function):
        return inline(view.call_function(function, ["response"], {}, with_context=view.dag.airflow != "1"))
    return call(view.code(name), "response")


def _returns(view: TaskView) -> bool:
    """Before Airflow 2, the text is pushed only with `xcom_push`."""
    return bool(view.value("xcom_push", False)) if view.dag.airflow == "1" else pushes(view)


def _skips(function: Value) -> bool:
    return isinstance(function, Function) and may_raise_skip(function)
