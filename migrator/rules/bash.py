"""Tasks that run a shell command: BashOperator and `@task.bash`."""

from __future__ import annotations

import re

from ..airflow_model import Function, Value
from .api import MISSING, Result, TaskView, rule
from .python import call_text, decorated_call
from .text import call, finish, has, inline, pushes, rendered_unless, unless

# Commands that read no AIRFLOW_CTX_* variable and whose exit code is never 99.
_PLAIN_COMMANDS = frozenset(
    re.findall(
        r"\S+",
        """awk basename cat cd chmod cp cut date df dirname du echo export false find grep gunzip gzip head ls mkdir
        mktemp mv printf pwd rm rmdir sed set sleep sort tail tar tee test touch tr true uniq unset unzip wait wc
        whoami zip : [ [[""",
    )
)
_KEYWORDS = frozenset(["if", "then", "else", "elif", "while", "until", "do", "!", "fi", "done", "time"])
# Text that the shell does not look into, templates (they render to data), variables and redirections.
_DATA = re.compile(r"""\{\{.*?\}\}|'[^']*'|"[^"`$\\]*"|\$\w+|\$\{\w+\}|\\.|\d?>&\d""", re.DOTALL)
_COMMENT = re.compile(r"(?:^|\s)#.*")
_SEPARATOR = re.compile(r"\{%.*?%\}|&&|\|\||\$\(|[;|&\n()`]", re.DOTALL)
_ASSIGNMENT = re.compile(r"\w+=")


@rule("airflow.providers.standard.operators.bash.BashOperator", fidelity="approximate")
def bash_operator(view: TaskView) -> Result:
    """The command runs in bash; its last line of output is the asset's value, exit code 99 skips, any other fails.

    Differs: the AIRFLOW_CTX_* variables are set only for a command that names one of them.
    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/operators/bash.html
    Dagster: https://docs.dagster.io/guides/build/external-pipelines
    """
    command = view.template("bash_command")
    sources = view.template_source("bash_command") or ()
    plain = bool(sources) and all(is_plain(source) for source in sources)
    _reads_home(view, *sources)
    return _run(view, command, plain=plain, context=any("AIRFLOW_CTX_" in source for source in sources))


@rule("@task.bash", "airflow.providers.standard.decorators.bash._BashDecoratedOperator", fidelity="approximate")
def task_bash(view: TaskView) -> Result:
    """The function gives the command, which runs in bash; its last line of output is the asset's value.

    Differs: the AIRFLOW_CTX_* variables are set only for a command that names one of them.
    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/operators/bash.html
    Dagster: https://docs.dagster.io/guides/build/external-pipelines
    """
    function = view.task.function
    if function is None:
        return view.manual("A2D205", "The function that gives the command could not be found.")
    view.drop("show_return_value_in_logs", "Dagster does not log return values.")
    text = _source(function)
    _reads_home(view, text)
    command = call_text(view, function, decorated_call(view))
    if "{{" in text or "{%" in text:
        # Airflow renders what the function returns.
        command = call(f"{view.airflow_context()}.render", command)
    return _run(view, command, plain=False, context="AIRFLOW_CTX_" in text)


def is_plain(command: str) -> bool:
    """Whether a command only calls everyday tools, so that it can neither exit with 99 nor read AIRFLOW_CTX_*."""
    if (
        "<<" in command
        or " -exec" in command
        or (re.search(r"\bawk\b", command) and re.search(r"\bexit\b|ENVIRON", command))
    ):
        return False
    text = _COMMENT.sub("", _DATA.sub("x", command)).replace('"', "")
    return all(_is_plain_step(step.split()) for step in _SEPARATOR.split(text))


def _is_plain_step(words: list[str]) -> bool:
    while words and (words[0] in _KEYWORDS or _ASSIGNMENT.match(words[0])):
        words = words[1:]
    if not words or words[0] in _PLAIN_COMMANDS or words[0] == "for":
        return True
    return words[0] == "exit" and (len(words) == 1 or (words[1].isdigit() and words[1] != "99"))


def _run(view: TaskView, command: str, *, plain: bool, context: bool) -> Result:
    skips = _skip_code(view)
    text = call(
        view.compat("bash", "run_bash"),
        command,
        env=rendered_unless(view, "env", None),
        append_env=unless(view, "append_env", False),
        cwd=rendered_unless(view, "cwd", None),
        skip_on_exit_code=skips,
        output_encoding=unless(view, "output_encoding", "utf-8"),
        airflow=view.airflow_context() if context else None,
    )
    processor = view.value("output_processor")
    if isinstance(processor, Function):
        text = inline(view.call_function(processor, [text], {}, with_context=False))
    elif has(view, "output_processor"):
        text = call(view.code("output_processor"), text)
    return finish(
        view,
        text,
        value=_returns(view),
        kinds=("bash",),
        returns="Any" if has(view, "output_processor") else "str",
        may_skip=skips not in ("None", "[]") and not plain,
        fidelity="exact" if plain or context else None,
    )


def _reads_home(view: TaskView, *sources: str) -> None:
    if any("AIRFLOW_HOME" in source for source in sources):
        view.differs("The command reads AIRFLOW_HOME, which only Airflow sets.")


def _returns(view: TaskView) -> bool:
    """Before Airflow 2, the output is pushed only with `xcom_push`."""
    wanted: Value = view.value("xcom_push", False)
    return bool(wanted) if view.dag.airflow == "1" else pushes(view)


def _skip_code(view: TaskView) -> str | None:
    """`skip_on_exit_code` as text, None for the default of 99; Airflow 1 knows no such code."""
    if view.dag.airflow == "1":
        return "None"
    name = "skip_exit_code" if view.value("skip_exit_code") is not None else "skip_on_exit_code"
    value = view.value(name, MISSING)
    return None if value is MISSING or value == 99 else view.code(name)


def _source(function: Function) -> str:
    lines = function.source.lines()
    return "\n".join(lines[function.span.line - 1 : function.span.end_line or function.span.line])
