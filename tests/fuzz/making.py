"""The random DAG of a seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from shape import EARLY, Expansion, Group, Read, Shape, Task

RULES = (
    "all_failed",
    "all_done",
    "all_skipped",
    "one_success",
    "one_failed",
    "one_done",
    "none_failed",
    "none_skipped",
    "none_failed_min_one_success",
    "always",
)
VERBS = ("extract", "load", "check", "clean", "merge", "publish", "count", "archive", "notify", "export", "score")
NOUNS = ("orders", "items", "stock", "prices", "returns", "claims", "visits", "rates", "users", "invoices", "events")
GROUPS = ("staging", "quality", "delivery", "reports")
BEHAVIOURS = {"success": 16, "fail": 2, "skip": 2, "fail_for_good": 1, "fail_once": 1, "fail_thrice": 1}
SCHEDULES = {"@daily": 5, "0 6 * * *": 2, "30 4 * * 1-5": 1, "timedelta": 1, None: 2}
TEMPLATES = (
    "{{ ds }}",
    "{{ ts_nodash }}",
    "{{ params.region }}",
    "{{ params['limit'] + 1 }}",
    "{{ data_interval_start | ds }}",
    "{{ macros.ds_add(ds, 1) }}",
    "{{ logical_date.strftime('%d.%m.%Y') }}",
    "{{ dag.dag_id }}/{{ task.task_id }}",
    "{% if params.limit > 3 %}many{% else %}few{% endif %}",
    "{{ ti.task_id | upper }}",
    "{{ data_interval_end.isoformat() }}",
)


def random_shape(seed: int, line: str) -> Shape:
    """The DAG of a seed on a line of Airflow."""
    return _Maker(seed, line).shape()


class _Maker:
    def __init__(self, seed: int, line: str) -> None:
        self.seed, self.line = seed, line
        self.chance = random.Random(f"{seed}/{line}")
        self.tasks: list[Task] = []
        self.groups: list[Group] = []

    def shape(self) -> Shape:
        chance = self.chance
        size = min(chance.randint(3, 12), chance.randint(3, 12))
        words = chance.sample([f"{verb}_{noun}" for verb in VERBS for noun in NOUNS], size)
        self.style = chance.choices(["with", "decorated", "constant"], [6, 3, 2])[0]
        self.manner = chance.choice(["taskflow", "classic", "mixed"]) if self.style != "constant" else "classic"
        self.tasks = [Task(name) for name in words]
        if chance.random() < 0.4:
            self.group_some()
        for number, name in enumerate(words):
            self.tasks[number] = self.connected(self.tasks[number], number, name)
        self.map_some()
        if chance.random() < 0.3:
            self.set_up()
        self.choose()
        self.read()
        schedule = chance.choices(list(SCHEDULES), list(SCHEDULES.values()))[0]
        return Shape(
            dag_id=f"random_{self.line}_{self.seed}",
            line=self.line,
            seed=f"{self.seed}/{self.line}",
            style=self.style,
            schedule=schedule,
            run_type="manual" if schedule is None else "scheduled",
            tasks=tuple(self.tasks),
            groups=tuple(self.groups),
        )

    # --- the graph ---

    def group_some(self) -> None:
        """Put one or two runs of tasks into groups, one perhaps inside another."""
        chance, size = self.chance, len(self.tasks)
        first = chance.randrange(0, size - 1)
        last = min(size, first + chance.randint(2, 5))
        outer, inner = chance.sample(GROUPS, 2)
        decorated = self.style != "constant" and chance.random() < 0.5
        self.groups.append(Group(outer, None, decorated, prefix=chance.random() < 0.8))
        for number in range(first, last):
            self.tasks[number] = replace(self.tasks[number], group=outer)
        if last - first > 2 and chance.random() < 0.4:
            self.groups.append(Group(inner, outer, False, prefix=chance.random() < 0.8))
            for number in range(first + 1, chance.randint(first + 2, last)):
                self.tasks[number] = replace(self.tasks[number], group=inner)

    def connected(self, task: Task, number: int, name: str) -> Task:
        chance = self.chance
        density = 0.4 if len(self.tasks) < 6 else 2.2 / len(self.tasks)
        upstream: list[str] = []
        for before in self.tasks[:number]:
            if chance.random() < density or (before is self.tasks[number - 1] and chance.random() < 0.2):
                upstream.append(self.seen_from(before, task))
        for group in self.groups:  # an edge to the whole group instead
            members = [t for t in self.tasks if group.name in self.path(t.group)]
            if task is members[0] and upstream and chance.random() < 0.4:
                outside = [u for u in upstream if u not in {m.name for m in members}]
                self.set_group(group.name, upstream=tuple(dict.fromkeys(outside)))
                upstream = [u for u in upstream if u not in outside]
        style = self.manner if self.manner != "mixed" else chance.choice(["taskflow", "classic"])
        style = chance.choices([style, "bash", "empty"], [8, 1.5, 0.8])[0]
        role = "plain"
        if style in ("taskflow", "classic"):
            role = chance.choices(["plain", "branch", "short_circuit", "latest_only"], [10, 1.3, 1, 0.3])[0]
        if role == "latest_only":
            style = "classic"
        behaviour = self.behaviour(style, role)
        rules = ["all_success"] * 9 + list(RULES)
        rules += ["all_done_min_one_success"] if self.line == "3" else []
        return replace(
            task,
            style=style,
            role=role,
            rule=chance.choice(rules),
            upstream=tuple(dict.fromkeys(upstream)),
            behaviour=(behaviour,),
            retries=2 if behaviour in ("fail_once", "fail_thrice") else chance.choice([0, 0, 0, 1]),
            choice=chance.random() < 0.4,
            ignore=chance.random() < 0.5,
            returns=self.returns(style, role),
            pushes=style in ("taskflow", "classic") and role == "plain" and chance.random() < 0.15,
            templates=tuple(chance.sample(TEMPLATES, chance.choice([0, 0, 1, 2]))) if style != "empty" else (),
        )

    def seen_from(self, before: Task, task: Task) -> str:
        """The name by which a task can depend on another: that of its group, if that is a function elsewhere."""
        for name in self.path(before.group):
            if self.group(name).decorated and name not in self.path(task.group):
                return name
        return before.name

    def behaviour(self, style: str, role: str = "plain") -> str:
        if style == "empty" or role == "latest_only":
            return "success"
        found: str = self.chance.choices(list(BEHAVIOURS), list(BEHAVIOURS.values()))[0]
        return "fail" if found == "fail_for_good" and style == "bash" else found

    def returns(self, style: str, role: str) -> str:
        if style == "taskflow" and role == "plain":
            return str(self.chance.choices(["note", "nothing", "outputs", "text"], [6, 1, 2, 1])[0])
        return str(self.chance.choices(["note", "nothing", "text"], [6, 1, 1])[0])

    # --- mapping ---

    def map_some(self) -> None:
        chance = self.chance
        if chance.random() > 0.5:
            return
        decorated = [g for g in self.groups if g.decorated and g.parent is None]
        if decorated and chance.random() < 0.6:
            self.map_group(decorated[0])
        free = [t for t in self.tasks[1:] if t.group is None and t.role == "plain" and t.style != "empty"]
        for chosen in chance.sample(free, min(len(free), chance.randint(1, 2))):
            task = self.task(chosen.name)
            if not task.maps:
                self.map_task(task)

    def map_group(self, group: Group) -> None:
        chance = self.chance
        members = [t for t in self.tasks if group.name in self.path(t.group)]
        number = self.tasks.index(members[0])
        source = self.source(number, "ints", None)
        behaviours = list(BEHAVIOURS)
        for member in members:
            if member.role == "latest_only":
                member = self.put(replace(member, role="plain"))
            drawn = tuple(chance.choices(behaviours, [10, 2, 2, 0, 1, 1], k=3))
            drawn = ("success",) if member.style == "empty" else drawn
            drawn = drawn[:1] if member.style == "bash" else drawn  # its command is the same in all instances
            rule = "all_done" if member.rule == "always" else member.rule  # which Airflow refuses here
            returns = "note" if member.returns in ("outputs",) else member.returns
            self.put(replace(member, behaviour=drawn, rule=rule, retries=2, returns=returns, pushes=False))
        last = self.task(members[-1].name)
        result = last.name if last.style != "empty" and last.role == "plain" and last.group == group.name else None
        self.set_group(group.name, expand=Expansion("expand", (("item", source),)), result=result)

    def map_task(self, task: Task) -> None:
        chance = self.chance
        number = self.tasks.index(task)
        drawn = tuple(chance.choices(list(BEHAVIOURS), [10, 2, 2, 0 if task.style == "bash" else 1, 1, 1], k=3))
        returns = "note" if task.returns == "outputs" else task.returns
        rule = "all_done" if task.rule == "always" else task.rule
        task = replace(task, behaviour=drawn, retries=2, returns=returns, pushes=False, rule=rule)
        if task.style == "bash":
            self.put(replace(task, expand=Expansion("expand", (("bash_command", chance.randint(1, 3)),)), templates=()))
            return
        hows = ["expand", "expand", "expand_kwargs", "map"]
        hows += ["two", "zip", "pairs"] if task.style == "taskflow" else []
        how = chance.choice(hows)
        names = ("item", "other") if how in ("two", "zip") else ("item",)
        kind = {"expand_kwargs": "dicts", "map": "ints"}.get(how, "ints" if task.style == "taskflow" else "lists")
        if task.style == "classic" and how == "expand_kwargs":
            kind = ""
        sources: list[tuple[str, int | str]] = []
        for name in names:
            needs_task = how == "map" or (how == "zip" and name == "item")
            source = chance.randint(1, 3) if how == "pairs" or not kind else self.source(number, kind, task, needs_task)
            if needs_task and isinstance(source, int):  # nothing to call .map() on
                how, kind = "expand", "ints" if task.style == "taskflow" else "lists"
                names = ("item",)
            sources.append((name, source))
            if len(sources) == len(names):
                break
        expand = Expansion("expand" if how == "two" else how, tuple(sources))
        upstream = tuple(dict.fromkeys((*task.upstream, *expand.tasks())))
        self.put(replace(task, expand=expand, upstream=upstream))

    def source(self, number: int, kind: str, task: Task | None, needs_task: bool = False) -> int | str:
        """What to expand over: so many literal items, or a task further up that now returns items."""
        chance = self.chance
        suitable = [
            t
            for t in self.tasks[:number]
            if t.style in ("taskflow", "classic")
            and t.role == "plain"
            and t.group is None
            and not t.expand
            and (not t.maps or t.returns == kind)
        ]
        if not suitable or (chance.random() < 0.35 and not needs_task):
            return chance.randint(1, 3)
        source = chance.choice(suitable)
        returns = kind if chance.random() < 0.94 else chance.choice(["nothing", "text"])
        if not source.maps:
            items = chance.choice([0, 1, 2, 3, 3, 3])
            self.put(replace(source, returns=returns, items=items))
        return source.name

    # --- setups, branches, values ---

    def set_up(self) -> None:
        chance = self.chance
        plain = [
            t
            for t in self.tasks
            if t.role == "plain" and not t.expand and t.group is None and not t.maps and t.style != "empty"
        ]
        if len(plain) < 2:
            return
        setup, teardown = sorted(chance.sample(plain, 2), key=self.tasks.index)
        self.put(replace(setup, setup=True))
        self.put(
            replace(
                teardown,
                teardown=(setup.name,),
                fail_run=chance.random() < 0.4,
                rule="all_success",
                upstream=tuple(dict.fromkeys((*teardown.upstream, setup.name))),
            )
        )
        for task in self.tasks:  # Airflow refuses other rules directly after a setup
            groups = [self.group(name) for name in self.path(task.group)]
            if setup.name in task.upstream or any(setup.name in group.upstream for group in groups):
                self.put(replace(task, rule="all_success"))

    def choose(self) -> None:
        chance = self.chance
        for task in list(self.tasks):
            if task.role != "branch":
                continue
            children = [t.name for t in self.tasks if task.name in t.upstream]
            children += [g.name for g in self.groups if task.name in g.upstream]
            if not children:
                self.put(replace(task, role="plain"))
                continue
            chosen = chance.sample(children, chance.randint(0 if chance.random() < 0.2 else 1, len(children)))
            if chance.random() < 0.05:
                chosen.append("nowhere")
            self.put(replace(task, choice=tuple(chosen)))

    def read(self) -> None:
        """Let tasks take values from those they wait for."""
        for task in list(self.tasks):
            if task.rule in EARLY or task.style == "empty" or task.role == "latest_only" or task.teardown:
                continue
            direct = [self.task(name) for name in task.upstream if any(t.name == name for t in self.tasks)]
            sources = [t for t in direct if t.style != "empty" and t.role == "plain"]
            results = [g for name in task.upstream if (g := self.find_group(name)) and g.result and g.expand]
            reads: list[Read] = []
            for source in sources:
                if self.chance.random() < 0.6:
                    reads += filter(None, [self.one_read(task, source)])
            if len(sources) > 1 and self.chance.random() < 0.2 and task.style != "bash":
                names = tuple(t.name for t in sources if not t.expand and t.group is None)
                if len(names) > 1:
                    reads.append(Read("pull_all", names))
            for group in results:
                if task.style == "taskflow" and task.group is None:
                    reads.append(Read("argument", (group.result or "",)))
            self.put(replace(task, reads=tuple(reads)))

    def one_read(self, task: Task, source: Task) -> Read | None:
        chance = self.chance
        mapped = bool(source.expand or any(self.group(name).expand for name in self.path(source.group)))
        key = None
        if not mapped and source.returns == "outputs" and chance.random() < 0.7:
            key = chance.choice(["rows", "label"])
        elif not mapped and source.pushes and chance.random() < 0.6:
            key = "count"
        group = next((name for name in self.path(task.group) if self.group(name).expand), None)
        if group and group in self.path(source.group):  # xcom_pull gives what all instances have pushed till then
            return Read("argument", (source.name,)) if task.style != "bash" else None
        hows = ["pull", "pull", "jinja"] if task.style != "bash" else ["jinja"]
        if task.style != "bash" and key != "count" and not task.setup:
            hows += ["argument", "argument"]
        if mapped:
            hows = [how for how in hows if how != "jinja"] or ["jinja"]
        how = chance.choice(hows)
        default = 7 if how == "pull" and chance.random() < 0.2 else None
        return Read(how, (source.name,), key, default)

    # --- by name ---

    def put(self, task: Task) -> Task:
        number = next(n for n, other in enumerate(self.tasks) if other.name == task.name)
        self.tasks[number] = task
        return task

    def task(self, name: str) -> Task:
        return next(task for task in self.tasks if task.name == name)

    def find_group(self, name: str) -> Group | None:
        return next((group for group in self.groups if group.name == name), None)

    def group(self, name: str) -> Group:
        return next(group for group in self.groups if group.name == name)

    def set_group(self, name: str, **changes: Any) -> None:
        number = next(n for n, group in enumerate(self.groups) if group.name == name)
        self.groups[number] = replace(self.groups[number], **changes)

    def path(self, name: str | None) -> Sequence[str]:
        return (*self.path(self.group(name).parent), name) if name else ()
