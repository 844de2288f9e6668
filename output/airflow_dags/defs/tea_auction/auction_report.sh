# The office's report; Airflow renders this file before Bash reads it.
set -eu
mkdir -p "$REPORT_DIR"
echo "{{ ds }}: spent {{ ti.xcom_pull(task_ids='spent') }} of {{ params.budget }}, paid by {{ ti.xcom_pull(task_ids='settle')['paid'] | join(' and ') }}" | tee "$REPORT_DIR/report_{{ ds_nodash }}.txt"
