"""Airflow 3: templates in every place that has them, and what they can be told."""

from datetime import datetime, timezone
from pathlib import Path

import jinja2
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, task


def shout(text):
    return text.upper() + "!"


def joined(text, by="+"):
    return by.join(text.split())


def given(*args, templates_dict=None, **kwargs):
    """What the task was called with, as far as it is its own."""
    own = {name: str(value) for name, value in sorted(kwargs.items()) if name.startswith("own_")}
    return [[str(arg) for arg in args], {k: str(v) for k, v in (templates_dict or {}).items()}, own]


def typed(*args, **kwargs):
    return [[type(arg).__name__, str(arg)] for arg in args]


TEXTS = {
    "dates": "{{ ds }} {{ ds_nodash }} {{ ts }} {{ ts_nodash }} {{ ts_nodash_with_tz }} {{ logical_date }}",
    "interval": "{{ data_interval_start }} {{ data_interval_end }} {{ (data_interval_end - logical_date).days }}",
    "filters": "{{ data_interval_end | ds }} {{ data_interval_end | ds_nodash }} {{ logical_date | ts }}",
    "more_filters": "{{ logical_date | ts_nodash }} {{ logical_date | ts_nodash_with_tz }}",
    "macros": "{{ macros.ds_add(ds, 3) }} {{ macros.ds_format(ds, '%Y-%m-%d', '%d.%m') }} {{ macros.timedelta(2) }}",
    "modules": "{{ macros.datetime(2020, 1, 2).year }} {{ macros.time.strftime('%Y', macros.time.gmtime(0)) }}",
    "dateutil": "{{ macros.dateutil.parser.parse('2020-02-03').day }} {{ macros.uuid.UUID(int=1) }}",
    "objects": "{{ dag.dag_id }} {{ task.task_id }} {{ ti.task_id }} {{ task_instance.dag_id }} {{ run_id }}",
    "keys": "{{ task_instance_key_str }} {{ ti.try_number }} {{ dag_run.conf }} {{ dag_run.run_id }}",
    "params": "{{ params.word }} {{ params['numbers'][1] }} {{ params.nested.deep }} {{ params }}",
    "variables": "{{ var.value.PRICE_MARKUP }} {{ var.json.PRICING_RULES.rounding }} {{ var.value.get('NOPE', 'x') }}",
    "own": "{{ shout('a') }} {{ WORD }} {{ 'a b' | joined }} {{ 'a b' | joined('/') }} {{ START.year }}",
    "logic": "{% for n in params.numbers %}{{ n }}{{ ',' if not loop.last }}{% endfor %}{% set x = 4 %}{{ x * 2 }}",
    "raw": "{% raw %}{{ ds }}{% endraw %} {# nothing #}{{ '{{' }} {{ none }} {{ 1 == 1.0 }}",
    "prior": "{{ prev_data_interval_start_success }} {{ prev_start_date_success }}",
    "run": "{{ dag_run.run_after }} {{ dag_run.run_type }} {{ partition_key }}",
    "optional": "{{ ti.map_index }} {{ task_reschedule_count }}",
}

DAG_ARGUMENTS = {
    "schedule": "0 6 * * *",
    "start_date": datetime(2024, 1, 1, tzinfo=timezone.utc),
    "catchup": False,
    "params": {"word": "tea", "numbers": [1, 2, 3], "nested": {"deep": "er"}},
    "user_defined_macros": {"shout": shout, "WORD": "w", "START": datetime(2024, 1, 1)},
    "user_defined_filters": {"joined": joined},
}

with DAG("templates", template_searchpath=[str(Path(__file__).parent / "sql")], **DAG_ARGUMENTS):
    PythonOperator(task_id="dict", python_callable=given, templates_dict=TEXTS)
    PythonOperator(task_id="kwargs", python_callable=given, op_kwargs={f"own_{k}": v for k, v in TEXTS.items()})
    PythonOperator(
        task_id="nested",
        python_callable=typed,
        op_args=["{{ ds }}", ["{{ ds }}", ("{{ ts }}", {"k": "{{ params.word }}", "{{ ds }}": 1})], {"{{ ds }}"}],
    )
    BashOperator(task_id="script", bash_command="run.sh")
    BashOperator(task_id="env", bash_command="echo $A-$B", env={"A": "{{ ds }}", "B": "{{ shout('b') }}"})
    PythonOperator(task_id="file", python_callable=given, templates_dict={"query": "day.sql"}, templates_exts=(".sql",))

    @task(templates_dict={"when": "{{ ds }}"})
    def decorated(word, templates_dict=None):
        return [word, templates_dict]

    decorated("{{ ts_nodash }} {{ params.word }}")
    PythonOperator(task_id="broken", python_callable=given, op_args=["{{ nothing.at_all }}"])

with DAG("native", render_template_as_native_obj=True, **DAG_ARGUMENTS):
    PythonOperator(
        task_id="types",
        python_callable=typed,
        op_args=[
            "{{ params.numbers }}",
            "{{ params.numbers[0] }}",
            "{{ params.nested }}",
            "{{ ds }}",
            "{{ ds_nodash }}",
            "{{ 1 }}{{ 2 }}",
            "{{ logical_date }}",
            "{{ [ds, 1] }}",
            "text {{ params.word }}",
            "{{ none }}",
            "true",
        ],
    )

with DAG(
    "strict_no_more",
    template_undefined=jinja2.Undefined,
    jinja_environment_kwargs={"keep_trailing_newline": True, "line_statement_prefix": "##"},
    **DAG_ARGUMENTS,
):
    PythonOperator(
        task_id="texts",
        python_callable=typed,
        op_args=["a{{ nothing }}b\n", "## for n in params.numbers\n{{ n }}\n## endfor\n", "{{ ds }}\n"],
    )
