"""The table of finding codes: name, severity, what it means and what to do. `migrate explain CODE` prints a row.

Error: part of the input is not in the output at all. Warning: it is there, but behaves differently or waits for a
person (the code fails loudly until then). Info: something was dropped or changed that changes no behaviour.
"""

from __future__ import annotations

from typing import Literal

from .records import dataclass

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
"""The worst first."""


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of finding. `meaning` and `action` are what `migrate explain` says."""

    code: str
    name: str
    severity: Severity
    meaning: str
    action: str


# fmt: off
_TABLE = [
    # 0xx reading
    Code("A2D001", "syntax-error", "error",
         "The file is not valid Python for the Python that runs migrate, so nothing in it could be read.",
         "Correct the file, or run migrate with the Python version the file is written for."),
    Code("A2D002", "not-text", "error",
         "The file is not text in its declared encoding (UTF-8 unless it says otherwise), so it could not be read.",
         "Save the file as UTF-8, or declare its encoding on the first line."),
    Code("A2D003", "unreadable", "error",
         "The file or folder could not be opened.",
         "Check that it exists and that you may read it."),
    Code("A2D004", "too-large", "error",
         "The file is larger than a DAG file can reasonably be, so it was not read.",
         "Move data out of the file, or raise the bound if it is a real DAG file."),
    Code("A2D005", "bound-reached", "warning",
         "Reading the file would have taken more steps, loop turns, calls or elements than the reader allows; what came "
         "after that place is not known.",
         "Look at the loop or recursion named. An endless loop at the top level would hang Airflow's scheduler too."),
    Code("A2D006", "no-dags", "info",
         "The file looks like a DAG file but defines no DAG.",
         "Nothing, if it is a helper; otherwise see the file's other findings for what could not be read."),
    Code("A2D007", "nothing-found", "error",
         "No DAG file was found under the given path. A DAG file mentions `airflow`, and `dag` or `asset`.",
         "Check the path, and .airflowignore."),
    Code("A2D008", "raises", "error",
         "The file raises an exception while it is loaded, as it would in Airflow; what follows is not there.",
         "Correct the file; Airflow would show an import error."),
    Code("A2D010", "unknown-condition", "warning",
         "A condition that decides over tasks, edges or DAGs cannot be known without running; both branches were read.",
         "Say what the variable is that decides (--env NAME=VALUE, --variable NAME=VALUE), replace the condition by "
         "something the file itself decides, or check the tasks marked conditional."),
    Code("A2D011", "unknown-loop", "warning",
         "A loop over something unknown builds tasks, edges or DAGs; it was read once, with an unknown element.",
         "Say what the variable is that is looped over (--env NAME=VALUE, --variable NAME=VALUE), or make it a literal "
         "or a file in the repository, then convert again."),
    Code("A2D012", "unknown-id", "error",
         "A dag_id or task_id depends on something that cannot be known without running, so the DAG or task has no name "
         "to be carried over by.",
         "Say what the variable is that it is computed from (--env NAME=VALUE, --variable NAME=VALUE), or give the id "
         "literally."),
    Code("A2D013", "unresolved-import", "info",
         "A module that is neither Airflow, nor in the given folders, nor a library the reader knows was imported; what "
         "comes from it is a value that exists at run time only.",
         "If the module is yours, name its folder with --path."),
    Code("A2D014", "unknown-effect", "warning",
         "A call whose code is not available receives a DAG or a task and may add tasks or edges to it.",
         "If its module is yours, name its folder with --path."),
    Code("A2D015", "unsupported-syntax", "warning",
         "A construct of Python that the reader does not interpret was met; names it assigns are unknown.",
         "See whether the DAG depends on it."),
    Code("A2D016", "unknown-edge", "warning",
         "A dependency is set from or to something that cannot be known without running, so the edge is missing.",
         "Make the task known to the reader, or add the edge by hand."),
    Code("A2D017", "value-supplied", "info",
         "A variable of the environment or of Airflow is taken to have the value that was given with --env or "
         "--variable. What depends on it was decided for that value, and the generated code holds the value.",
         "Nothing; convert again where the value changes."),
    # 1xx DAGs
    Code("A2D101", "dag-id-twice", "error",
         "Two DAGs have the same dag_id; Airflow would keep one of them, at random. The first is converted.",
         "Give one of them another dag_id."),
    Code("A2D102", "schedule-unknown", "warning",
         "The schedule cannot be known without running, so the job has no schedule.",
         "Write the schedule of the generated job by hand."),
    Code("A2D103", "schedule-not-translated", "warning",
         "This schedule has no faithful equivalent: a timetable of your own that needs more of Airflow than the base "
         "classes of timetables, an asset alias, arguments that are not known. The job has no schedule.",
         "Write a schedule or sensor for the generated job by hand."),
    Code("A2D104", "cron-invalid", "warning",
         "The cron expression or its time zone has no equal in Dagster (six fields, `H`, an offset without a name, or "
         "not a cron expression at all).",
         "Write the schedule of the generated job by hand."),
    Code("A2D105", "start-date-unknown", "warning",
         "The start date is computed when the file is loaded, so the partitions begin at no fixed date.",
         "Give a fixed start date."),
    Code("A2D106", "catchup-from-cutover", "info",
         "Airflow runs every missed interval (catchup). So does the generated sensor, from the cut-over on: the time "
         "given with --cutover, or in the environment variable MIGRATION_CUTOVER. What fell due before is not run again.",
         "Set the cut-over; backfill partitions from before it on purpose, if any are needed."),
    Code("A2D108", "dag-argument-unsupported", "warning",
         "An argument of the DAG changes behaviour in Airflow and is not carried over.",
         "See the message for what is different."),
    Code("A2D109", "callback-not-translated", "warning",
         "A callback is not carried over.",
         "Add a hook or sensor to the generated job by hand."),
    Code("A2D110", "airflow-version-assumed", "info",
         "The file's imports do not tell Airflow 2 and 3 apart; the version was assumed.",
         "Give --airflow-version."),
    Code("A2D111", "dag-conditional", "warning",
         "The DAG exists only under a condition that cannot be known without running; it was converted.",
         "Remove the generated DAG if it should not exist."),
    Code("A2D112", "schedule-differs", "warning",
         "The schedule is translated, and in the case the message names it asks for runs at other times, or gives them "
         "other dates, than Airflow.",
         "See the message for what is different."),
    Code("A2D113", "asset-alias", "warning",
         "A task updates assets (datasets) that only its code names while it runs; DAGs that wait for those are not "
         "started by it.",
         "Name the assets in the task's outlets."),
    Code("A2D114", "mail-server-needed", "info",
         "Airflow sends a mail when the task fails or is tried again, or its code does. The generated project sends it, "
         "too, once its resource for the mail server is configured; until then it logs that it could not, or fails.",
         "Set the variables of the resource as the [smtp] section of airflow.cfg, or the connection `smtp_default`, says."),
    Code("A2D115", "run-waits-outside", "warning",
         "As --root-sensors asks, the sensor is no task of the run any more: a Dagster sensor looks whether its condition "
         "holds for a run that has fallen due, and asks for the run then. Until then there is no run to see. One that has "
         "waited for longer than the timeout is given up without a failed run, and no callback is called. An exception "
         "means that the condition does not hold yet. Runs that are started by hand do not wait.",
         "Convert without --root-sensors where the run must be there from the beginning."),
    Code("A2D116", "root-sensor-kept", "info",
         "--root-sensors was given, and the sensor remains an asset that polls, for otherwise it would not be the same.",
         "Nothing; the message has the reason."),
    Code("A2D117", "dag-without-tasks", "info",
         "The DAG has no task that could be converted, so it has no job, and nothing is scheduled. Airflow's runs of a DAG "
         "without tasks succeed and do nothing.",
         "Nothing, where it has none in Airflow, either; else see the other findings of the DAG."),
    Code("A2D118", "pool-limit-needed", "info",
         "How many slots a pool has is not in the DAG files, but in Airflow's database. In Dagster, the pool of that name "
         "limits nothing until its limit is set.",
         "Run `dagster instance concurrency set POOL SLOTS`, with the slots that `airflow pools list` shows."),
    # 2xx operators
    Code("A2D201", "operator-bridged", "warning",
         "No rule exists for this operator, so the generated asset imports the Airflow operator and executes it. The "
         "project loads without Airflow, but this asset needs it to run.",
         "Install apache-airflow and the provider beside Dagster, or write the asset by hand."),
    Code("A2D202", "operator-manual", "warning",
         "The operator cannot be translated; the generated asset raises NotImplementedError when it is run.",
         "Write the asset's body by hand."),
    Code("A2D203", "operator-differs", "warning",
         "The operator's translation differs in behaviour in the way the message says.",
         "Check whether the difference matters here."),
    Code("A2D204", "custom-operator-bridged", "warning",
         "The operator is defined in this repository. Its class is carried along and executed with Airflow.",
         "Install apache-airflow beside Dagster, or write the asset by hand."),
    Code("A2D205", "callable-unknown", "warning",
         "The Python function of this task could not be found, so its asset raises NotImplementedError when it is run.",
         "Name the folder of its module with --path, or write the body by hand."),
    # 3xx arguments and templates
    Code("A2D301", "argument-unread", "warning",
         "Nothing in the translation has read this argument of the operator.",
         "Check whether the argument changes what the task does."),
    Code("A2D302", "argument-dropped", "info",
         "The argument has no meaning in Dagster and changes no behaviour of the task.",
         "Nothing."),
    Code("A2D303", "argument-unsupported", "warning",
         "The argument changes behaviour in Airflow and is not carried over.",
         "See the message for what is different."),
    Code("A2D304", "argument-unknown", "warning",
         "The argument's value cannot be known nor reproduced, so the generated asset fails when it is run.",
         "Replace the marked expression in the generated code."),
    Code("A2D306", "template-not-translated", "warning",
         "The template uses something that has no equivalent outside Airflow; rendering it fails when it is run.",
         "Replace the expression in the generated code."),
    Code("A2D307", "template-file-missing", "warning",
         "The argument names a template file that is not in the given folders; the generated asset fails when it is run.",
         "Put the file beside the generated code."),
    Code("A2D308", "template-invalid", "warning",
         "The template is not valid Jinja; Airflow fails to render it, and so does the generated asset.",
         "Correct the template."),
    # 4xx graph
    Code("A2D401", "trigger-rule-unknown", "warning",
         "The task's trigger rule cannot be known without running, or is none of Airflow's; the task raises an error when "
         "it is run, nothing downstream of it runs, and the run fails.",
         "Write the trigger rule literally, here or in the generated task."),
    Code("A2D402", "branch-manual", "warning",
         "How the task decides which tasks run after it could not be translated. It raises an error when it is run, so that "
         "nothing downstream runs by mistake.",
         "Write the branch by hand: a function that returns the ids of the tasks to go on with."),
    Code("A2D403", "mapping-manual", "warning",
         "The task is mapped inside of something that is mapped, or over something that could not be written; it raises an "
         "error when it is run, and nothing downstream of it runs.",
         "Map once, over the combinations, or write the loop by hand."),
    Code("A2D404", "task-id-twice", "error",
         "Two tasks of one DAG have the same task_id; Airflow refuses the DAG. The first is converted.",
         "Give one of them another task_id."),
    Code("A2D405", "task-conditional", "warning",
         "The task exists only under a condition that cannot be known without running; it was converted.",
         "Remove the generated asset if it should not exist."),
    Code("A2D406", "task-repeated", "warning",
         "The task stands for several, made in a loop over something unknown; one asset was written.",
         "Make what is looped over known, or write the loop by hand."),
    Code("A2D407", "cycle", "error",
         "The DAG's dependencies form a cycle; Airflow refuses the DAG, and it was not converted.",
         "Remove one of the dependencies."),
    Code("A2D408", "cross-dag-manual", "warning",
         "The task waits for, or starts, another DAG; its asset raises NotImplementedError when it is run.",
         "Replace it by a dependency on the other DAG's assets, or by a sensor."),
    Code("A2D410", "dag-lost", "error",
         "The DAG could not be converted.",
         "See the message for the reason."),
    # 5xx XCom, Variables, Connections, params
    Code("A2D501", "xcom-dynamic", "warning",
         "An XCom is pulled with a task id, key or DAG that cannot be known without running; the call fails when it is run.",
         "Replace the call by an input of the asset."),
    Code("A2D502", "xcom-not-upstream", "warning",
         "An XCom is pulled from a task that is not upstream of this one; Airflow may or may not find it, depending on "
         "which runs first. The asset depends on it.",
         "Check that the dependency is meant."),
    Code("A2D503", "xcom-missing", "warning",
         "An XCom is pulled from a task that does not exist or does not push this key; Airflow gives None.",
         "Check the task id and key."),
    Code("A2D504", "xcom-prior-dates", "warning",
         "An XCom is pulled from earlier runs or from another DAG, which is not carried over; the call fails when it is run.",
         "Load the earlier partition of the asset by hand."),
    Code("A2D505", "connection-type-assumed", "info",
         "Nothing in the DAG files tells the type of a connection; its resource takes the URL of any database.",
         "Export the connections and give them with --connections."),
    Code("A2D506", "connection-unknown", "warning",
         "The connection id cannot be known without running.",
         "Give the id literally."),
    Code("A2D507", "hook-needs-airflow", "warning",
         "The function uses an Airflow hook that has no equivalent here, so its asset needs Airflow to run.",
         "Install apache-airflow and the provider beside Dagster, or replace the hook."),
    Code("A2D508", "airflow-name-kept", "warning",
         "The function uses something of Airflow that has no equivalent here, so its asset needs Airflow to run.",
         "Install apache-airflow beside Dagster, or replace the call."),
    Code("A2D509", "context-not-available", "warning",
         "The function reads something from Airflow's context that does not exist outside Airflow; it fails when it is run.",
         "Replace the expression in the generated code."),
    Code("A2D510", "variable-written", "warning",
         "The function writes a Variable; environment variables cannot keep it, so it fails when it is run.",
         "Keep the value in an asset or a store of your own."),
    Code("A2D511", "xcom-backend", "warning",
         "The class is an XCom backend of your own, which Airflow uses where its configuration says so ([core] "
         "xcom_backend). The generated project keeps XComs as JSON in files, through its I/O manager.",
         "If Airflow is configured to use it, give the generated project an I/O manager that stores values likewise."),
    Code("A2D512", "param-not-validated", "warning",
         "Airflow refuses a run whose conf breaks what the param's JSON schema says. Here any value is taken: this schema, "
         "the param's name or its default cannot be written as a field of the resource that holds the params, no task needs "
         "that resource, or the param is one of a task's own.",
         "Nothing, where runs are only started with values that are right; else check the value in the task."),
    Code("A2D513", "xcom-of-all-instances", "warning",
         "A task of a mapped group pulls from another task of the group without naming map_indexes. Airflow gives the values "
         "of all instances, not of the same one: those that have run until then. The generated code lets all run before.",
         "Pull with map_indexes=ti.map_index, or hand the value on as an argument, where the same instance's is meant."),
    # 6xx generated code and files
    Code("A2D601", "name-changed", "info",
         "A name is reserved in Dagster, not allowed there, or collides with another; the generated name is different.",
         "Nothing; the asset key keeps the original id."),
    Code("A2D602", "output-occupied", "error",
         "The output folder is a file, or holds files that migrate did not write.",
         "Name an empty or new folder, or one an earlier run wrote."),
    Code("A2D603", "output-not-writable", "error",
         "The output folder cannot be written.",
         "Check its permissions and the free space."),
    Code("A2D604", "edited-file-kept", "warning",
         "A generated file was edited, and what is generated now cannot be merged into it. It was kept as it is; a merge "
         "that has both sides between markers is beside it, named .conflict.",
         "Put what you want of both into the file, or into the .conflict file and move that over it. Then delete the .conflict file."),
    Code("A2D605", "generated-code-invalid", "error",
         "The generated code for a DAG is not valid Python. This is a fault of migrate; the DAG is not in the output.",
         "Report it, with the DAG file."),
    Code("A2D606", "rule-failed", "warning",
         "The rule for this operator failed on these arguments. This is a fault of migrate; the asset raises "
         "NotImplementedError when it is run.",
         "Report it, with the task."),
    Code("A2D607", "silencer-unused", "info",
         "A `# migrate: ignore[…]` comment silences nothing.",
         "Remove the comment."),
    Code("A2D608", "edited-file-merged", "info",
         "A generated file was edited, and other parts of it are generated differently now; it has both.",
         "Nothing; read the change before you commit it."),
    Code("A2D609", "edited-file-left", "warning",
         "A file is not generated any more, since its DAG or module is gone; somebody edited it, so it was kept.",
         "Delete the file, or move what you want to keep of it out of the folder that migrate writes."),
    Code("A2D610", "deleted-file-restored", "info",
         "A generated file was deleted since it was written; it was written again.",
         "To be rid of its content for good, leave the file empty: that is an edit, and kept."),
    Code("A2D611", "file-not-copied", "warning",
         "The code reads a file by a path made from `__file__`, and that file was not copied to dag_files/: it lies outside of "
         "the folder that was given, is no text, or is very large; or it is not there yet.",
         "Put it there, or set DAG_FILES to a folder that has the files in the layout of the DAG files' own."),
    # 9xx verification
    Code("A2D901", "verification-failed", "error",
         "`migrate verify` ran the DAG in Airflow and the generated code in Dagster, and the two differ.",
         "The message has the first difference. Where no other finding explains it, it is a fault of migrate: report it."),
    Code("A2D902", "verification-not-run", "info",
         "`migrate verify` could not compare the DAG in this respect, so nothing is proven about it.",
         "The message has the reason."),
]
# fmt: on

CODES: dict[str, Code] = {row.code: row for row in _TABLE}

FAILS_WHEN_RUN = frozenset({"A2D306", "A2D501", "A2D504", "A2D509", "A2D510"})
"""Findings about something in a task that fails when it is met: whatever else is said of the task, it is not exact."""
