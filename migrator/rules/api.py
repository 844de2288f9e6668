"""What a rule is: the mapping of one Airflow operator to the body of an asset, and how it registers.

A rule is a function of a `TaskView`. It reads the task's arguments through the view (reading an argument marks it as
translated; what nobody read becomes a finding) and returns the body's text. Expressions the view hands out are Python
text; the imports, inputs, resources and context values they need are noted by the view. The first line of a rule's
docstring is its entry in mapping.md; a line `Differs: …` names each difference in behaviour and makes it approximate;
`Airflow: URL` and `Dagster: URL` name the documentation it rests on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NoReturn, Protocol

from ..airflow_model import AssetRef, Dag, Function, Task, Value
from ..dagster_model import Body, Fidelity
from ..records import dataclass

MISSING: Any = object()


Flow = Literal["branch", "short_circuit", "latest_only"]
"""A branch's body returns the tasks to go on with, a short circuit's whether to go on."""


@dataclass(frozen=True, slots=True)
class Gate:
    """A condition that runs wait for: the body returns whether it holds, and is looked at every so many seconds.

    `timeout` is an expression for how long, in seconds; None for Airflow's default.
    """

    every: float
    timeout: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What a rule makes of a task.

    `check`: the body returns a `dg.AssetCheckResult`, and the task becomes an asset check where the graph allows it;
    `raising` is then the body for a plain asset that raises instead. `returns` is the asset's return annotation.
    """

    body: Body
    kinds: tuple[str, ...] = ()
    returns: str = "Any"
    check: bool = False
    raising: Body | None = None
    may_skip: bool = False
    may_fail_finally: bool = False
    """Whether the body may raise what Airflow does not try again: AirflowSensorTimeout, AirflowFailException."""
    tried_again: bool = False
    """Whether a check that does not pass is tried again, as often as the task says."""
    fidelity: Fidelity | None = None
    """Other than the rule's own, for these arguments."""
    metadata: tuple[tuple[str, Any], ...] = ()
    flow: Flow | Literal["plain"] = "plain"
    """What the task decides."""
    flow_arguments: tuple[tuple[str, str], ...] = ()
    gate: Gate | None = None
    """Set where the view asked for a gate, and the body is one."""


@dataclass(frozen=True, slots=True)
class OtherDag:
    """A DAG of the project as the rule of another DAG's task may know it."""

    dag_id: str
    tasks: Mapping[str, tuple[str, ...]]
    """The asset keys of its tasks."""
    groups: Mapping[str, tuple[str, ...]]
    """The tasks in each of its groups."""
    job: str
    airflow: str = "2"
    mapped: frozenset[str] = frozenset()
    partitioned: bool = False
    params: tuple[str, tuple[str, ...]] | None = None
    """The resource that holds its params, and their names."""
    checked_params: str | None = None
    """The class of that resource, where there are values it refuses."""
    complete: bool = True


class TaskView(Protocol):
    """A task as a rule sees it: arguments by name, and the means to write code about them."""

    task: Task
    dag: Dag

    @property
    def gates(self) -> bool:
        """Whether the task, a sensor, is to be a condition for the DAG's runs (Result.gate), not to wait in them."""

    def given(self, name: str) -> bool:
        """Whether the argument was given (also through default_args), and is not None. Does not mark it as read."""

    def value(self, name: str, default: Value = None) -> Value:
        """The argument's value: a Python object, or one of airflow_model's classes where it is not known."""

    def literal(self, name: str, kind: type | tuple[type, ...], default: Any = None) -> Any:
        """The argument's value if it is an instance of `kind`, else the default with finding A2D304 when given."""

    def template_source(self, name: str) -> tuple[str, ...] | None:
        """The argument's text or texts before rendering, template files read; None where that is not known.

        Does not mark it as read: this is for looking at a command or a statement, not for carrying it over.
        """

    def has_template_file(self, text: str) -> bool:
        """Whether a string in a templated field names a file that is read and rendered in its place."""

    def code(self, name: str, default: str = "None") -> str:
        """A Python expression for the argument as it is, not rendered as a template."""

    def template(self, name: str, default: str = "None") -> str:
        """A Python expression for the argument with its templates rendered, nested dicts and lists included.

        Files named by a templated field with a `template_ext` suffix are read and rendered likewise.
        """

    def expression(self, value: Value) -> str:
        """A Python expression for any value, not rendered as a template."""

    def rendered(self, value: Value) -> str:
        """A Python expression for any value with its templates rendered."""

    def connection(self, name: str, conn_type: str | None, default: str | None = None) -> str:
        """The parameter name of the resource for the connection whose id the argument `name` holds.

        `conn_type` (`sqlite`, `postgres`, `mysql`, `snowflake`, `http`, `slack`, `smtp`, `fs`, `sql` for any database
        …) says which resource class it needs; None leaves it to --connections and the other users of the connection.
        """

    def connection_type(self, name: str, default: str | None = None) -> str | None:
        """The type of that connection where it is known from --connections or from other operators, else None."""

    def compat(self, part: str, name: str) -> str:
        """Import `name` from the runtime module's part (`airflow_compat/<part>.py`), and give the name to use."""

    def library(self, module: str, name: str = "", alias: str = "") -> str:
        """Import from an installed library or the standard library, and give the name to use."""

    def context(self) -> str:
        """The name of the Dagster context parameter (`context`)."""

    def airflow_context(self) -> str:
        """The name of a local that holds the runtime's Airflow context (a mapping with ds, ti, params …)."""

    def logical_date(self, *, moment: bool = False) -> str:
        """An expression for the run's logical date, or the time it may start in a run of Airflow 3 without one.

        A datetime; with `moment` one of pendulum's, as a user's function gets it.
        """

    def call_function(self, function: Function, args: list[str], kwargs: dict[str, str], with_context: bool) -> str:
        """An expression that calls a user's function, carried over; context parameters it names are filled in.

        An entry of `args` may be starred text: `*rows`, `**options`.
        """

    def function_body(
        self, function: Function, args: list[Value], kwargs: dict[str, Value], *, with_context: bool = True
    ) -> Body:
        """The user's function as this asset's own body, or a call of it where that is not possible.

        `args` and `kwargs` are bound to its parameters: XCom values become asset inputs, context names are filled in,
        other values are assigned before the body; `kwargs` that are no parameters are what the function finds in its
        `**kwargs`. Strings in them are templates. `with_context`: false where Airflow passes no context.
        """

    def text(self, body: str) -> Body:
        """Statements as the asset's body, with everything the expressions in it asked for."""

    def asset_named(self, name: str) -> AssetRef | None:
        """Airflow's asset of this name; None where no task of the project updates one."""

    def other_dag(self, dag_id: str) -> OtherDag | None:
        """A DAG of the project, perhaps the task's own; None where it is not there."""

    def other_dag_name(self, dag_id: str) -> str:
        """The module-level name of the runtime's AirflowDag for a DAG of the project."""

    def depend_on(self, dag_id: str, task_ids: Sequence[str] = ()) -> bool:
        """Have the task's asset depend on assets of another DAG: those of the tasks, or what the whole DAG comes to.

        False where no dependency can be drawn: on the own DAG, or round in a circle.
        """

    def sensor(self, job: str, body: str) -> None:
        """Write a sensor beside the task, with a parameter `context`, that starts a job; stopped, as all are."""

    def drop(self, name: str, reason: str) -> None:
        """Say that the argument has no meaning in Dagster and changes no behaviour (A2D302 where it was given)."""

    def unsupported(self, name: str, consequence: str) -> None:
        """Say that the argument changes behaviour and is not carried over (A2D303 where it was given)."""

    def differs(self, how: str) -> None:
        """Name a difference in behaviour that these arguments bring about; the fidelity becomes approximate."""

    def manual(self, code: str, why: str) -> NoReturn:
        """Give up, with a finding: the asset raises NotImplementedError naming it."""

    def bridge(self, function: str = "execute_operator") -> Result:
        """Run the Airflow operator itself inside the asset, by a function of the runtime's part `bridge`."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One registered rule."""

    operator: str
    function: Callable[[TaskView], Result]
    fidelity: Fidelity
    aliases: tuple[str, ...] = ()
    checks: bool = False
    """Whether it judges something: its results have `check`, so that its tasks can become asset checks."""
    decides: Flow | None = None
    """How its tasks decide which tasks run after them; their results have that `flow`."""
    keyed: bool = False
    """Whether its tasks push by key: the value is a dict of what they push."""

    @property
    def name(self) -> str:
        return self.operator.rpartition(".")[2]

    @property
    def summary(self) -> str:
        """The first line of the docstring: the rule's entry in mapping.md."""
        return (self.function.__doc__ or "").strip().splitlines()[0]

    @property
    def differences(self) -> tuple[str, ...]:
        """The named differences in behaviour."""
        text = self.function.__doc__ or ""
        found = re.findall(r"^\s*Differs: (.+(?:\n\s{8,}.+)*)", text, flags=re.MULTILINE)
        return tuple(" ".join(part.split()) for part in found)

    @property
    def documentation(self) -> tuple[str, ...]:
        """The pages of the Airflow and Dagster documentation it rests on."""
        return tuple(re.findall(r"^\s*(?:Airflow|Dagster): (\S+)", self.function.__doc__ or "", flags=re.MULTILINE))


_RULES: dict[str, Rule] = {}
RuleFunction = Callable[[TaskView], Result]


def rule(
    operator: str,
    *aliases: str,
    fidelity: Fidelity = "exact",
    checks: bool = False,
    decides: Flow | None = None,
    keyed: bool = False,
) -> Callable[[RuleFunction], RuleFunction]:
    """Register the rule for a canonical operator path and any others it serves alike.

    Decorated operators are registered as `@task`, `@task.bash`, `@task.sensor` …. `checks` says that its results have
    `check`, `decides` which `flow` they have, `keyed` that they are dicts of what is pushed by key. Registering a path
    twice raises.
    """

    def register(function: RuleFunction) -> RuleFunction:
        entry = Rule(operator, function, fidelity, aliases, checks, decides, keyed)
        for path in (operator, *aliases):
            if path in _RULES:
                raise ValueError(f"two rules for {path}")
            _RULES[path] = entry
        return function

    return register


def find(*paths: str) -> Rule | None:
    """The rule for the first of these canonical paths that has one."""
    return next((_RULES[p] for p in paths if p in _RULES), None)


def all_rules() -> tuple[Rule, ...]:
    """Every rule once, by operator path."""
    return tuple(sorted({id(r): r for r in _RULES.values()}.values(), key=lambda r: r.operator))
