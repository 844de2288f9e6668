"""The source text of a random DAG: one of the many that mean the same, in the style of its line of Airflow."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

from shape import Expansion, Group, Read, Shape, Task

IMPORTS = {
    "2": {
        "DAG": "airflow",
        "dag": "airflow.decorators",
        "task": "airflow.decorators",
        "task_group": "airflow.decorators",
        "setup": "airflow.decorators",
        "teardown": "airflow.decorators",
        "TaskGroup": "airflow.utils.task_group",
        "Label": "airflow.utils.edgemodifier",
        "TriggerRule": "airflow.utils.trigger_rule",
        "chain": "airflow.models.baseoperator",
        "cross_downstream": "airflow.models.baseoperator",
        "get_current_context": "airflow.operators.python",
        "AirflowFailException": "airflow.exceptions",
        "AirflowSkipException": "airflow.exceptions",
        "BashOperator": "airflow.operators.bash",
        "EmptyOperator": "airflow.operators.empty",
        "PythonOperator": "airflow.operators.python",
        "BranchPythonOperator": "airflow.operators.python",
        "ShortCircuitOperator": "airflow.operators.python",
        "LatestOnlyOperator": "airflow.operators.latest_only",
    },
    "3": {
        "DAG": "airflow.sdk",
        "dag": "airflow.sdk",
        "task": "airflow.sdk",
        "task_group": "airflow.sdk",
        "setup": "airflow.sdk",
        "teardown": "airflow.sdk",
        "TaskGroup": "airflow.sdk",
        "Label": "airflow.sdk",
        "TriggerRule": "airflow.sdk",
        "chain": "airflow.sdk",
        "cross_downstream": "airflow.sdk",
        "get_current_context": "airflow.sdk",
        "AirflowFailException": "airflow.sdk.exceptions",
        "AirflowSkipException": "airflow.sdk.exceptions",
        "BashOperator": "airflow.providers.standard.operators.bash",
        "EmptyOperator": "airflow.providers.standard.operators.empty",
        "PythonOperator": "airflow.providers.standard.operators.python",
        "BranchPythonOperator": "airflow.providers.standard.operators.python",
        "ShortCircuitOperator": "airflow.providers.standard.operators.python",
        "LatestOnlyOperator": "airflow.providers.standard.operators.latest_only",
    },
}
CLASSES = {
    "plain": "PythonOperator",
    "branch": "BranchPythonOperator",
    "short_circuit": "ShortCircuitOperator",
    "latest_only": "LatestOnlyOperator",
}
HELPERS = {
    "LIMIT": "LIMIT = 5",
    "short": '''def short(value):
    """A value in few words."""
    if value is None or isinstance(value, (str, int, float, dict)):
        return json.dumps(value, sort_keys=True)[:60]
    return [short(one) for one in value]''',
    "double": "def double(number):\n    return number * 2",
    "as_list": "def as_list(number):\n    return [number]",
}
TAB = "    "


def source_text(shape: Shape) -> str:
    """A DAG file."""
    return _Speller(shape).text()


class _Speller:
    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.names: set[str] = set()
        self.helpers: set[str] = set()
        self.functions: list[str] = []

    def chance(self, *about: str) -> random.Random:
        """Choices about one thing do not depend on what else is in the DAG."""
        return random.Random("/".join((self.shape.seed, *about)))

    def use(self, name: str) -> str:
        self.names.add(name)
        return name

    def text(self) -> str:
        shape = self.shape
        opening, closing, indent = self.dag()
        body = self.scope(None, indent)
        helpers = [HELPERS[name] for name in sorted(self.helpers)]
        parts = [*helpers, *self.functions, "\n".join([*opening, *body]), *closing]
        modules: dict[str, list[str]] = {}
        words = set(re.findall(r"\w+", "\n".join(parts)))
        for name in sorted(self.names & words):  # what spellings that were not chosen would have used is not
            modules.setdefault(IMPORTS[shape.line][name], []).append(name)
        imports = ["import json"] if "short" in self.helpers else []
        imports.append("from datetime import datetime" + (", timedelta" if "timedelta" in words else ""))
        imports += ["", *(f"from {module} import {', '.join(names)}" for module, names in sorted(modules.items()))]
        doc = f'"""A random DAG, seed {shape.seed}."""'
        return "\n\n\n".join([f"{doc}\n\n" + "\n".join(imports), *parts]) + "\n"

    def dag(self) -> tuple[list[str], list[str], str]:
        """The DAG's opening lines, what comes after its body, and the indentation of the body."""
        shape, chance = self.shape, self.chance("dag")
        schedule = "timedelta(hours=12)" if shape.schedule == "timedelta" else repr(shape.schedule)
        options = [f"schedule={schedule}", "start_date=datetime(2024, 1, 1)", f"catchup={chance.random() < 0.2}"]
        options.append("params={'region': 'north', 'limit': 5}".replace("'", '"'))
        if chance.random() < 0.4:
            options.append('default_args={"owner": "sales", "retry_delay": timedelta(minutes=1)}')
        if chance.random() < 0.3:
            options.append('tags=["random"]')
        if shape.style == "decorated":
            self.use("dag")
            name = shape.dag_id if chance.random() < 0.5 else "pipeline"
            options = [f'dag_id="{shape.dag_id}"', *options] if name == "pipeline" else options
            return [f"@dag({', '.join(options)})", f"def {name}():"], [f"{name}()"], TAB
        call = f'{self.use("DAG")}("{shape.dag_id}", {", ".join(options)})'
        if shape.style == "constant":
            return [f"dag = {call}"], [], ""
        return [f"with {call} as dag:" if chance.random() < 0.5 else f"with {call}:"], [], TAB

    # --- tasks and groups ---

    def scope(self, group: Group | None, indent: str) -> list[str]:
        """The tasks, groups and edges of the DAG or of a group that is a function."""
        lines: list[str] = []
        inner = list(self.block(group, indent))
        lines += inner
        lines += [indent + line for line in self.edges(group)]
        return lines or [indent + "pass"]

    def block(self, group: Group | None, indent: str) -> Iterator[str]:
        """The tasks and groups directly in a group, in order."""
        done: set[str] = set()
        for task in self.shape.tasks:
            path = self.shape.path(task.group)
            if group and group not in path:
                continue
            below = path[path.index(group) + 1 :] if group else path
            if not below:
                yield from self.task(task, indent)
            elif below[0].name not in done:
                done.add(below[0].name)
                yield from self.group(below[0], indent)

    def group(self, group: Group, indent: str) -> Iterator[str]:
        variable = self.variable(group.name)
        prefix = "" if group.prefix else ", prefix_group_id=False"
        if not group.decorated:
            inside = ", dag=dag" if self.shape.style == "constant" else ""
            yield f'{indent}with {self.use("TaskGroup")}("{group.name}"{prefix}{inside}) as {variable}:'
            yield from self.block(group, indent + TAB)
            return
        self.use("task_group")
        options = f'group_id="{group.name}"{prefix}' if not group.prefix or self.named(group) else ""
        yield f"{indent}@task_group({options})" if options else f"{indent}@task_group"
        function = f"make_{group.name}" if options else group.name
        yield f"{indent}def {function}({'item' if group.expand else ''}):"
        yield from self.scope(group, indent + TAB)
        if group.result:
            yield f"{indent}{TAB}return {self.value(self.shape.task(group.result))}"
        yield ""
        call = (
            f"{function}.expand(item={self.over(group.expand.sources[0][1], 'ints')})"
            if group.expand
            else f"{function}()"
        )
        yield f"{indent}{variable} = {call}"

    def named(self, group: Group) -> bool:
        return self.chance(group.name).random() < 0.3

    def variable(self, name: str) -> str:
        """The variable that holds a task or a group."""
        group = self.shape.find_group(name)
        if group:
            return f"{name}_group"
        return f"{name}_task" if self.shape.task(name).style == "taskflow" else name

    def value(self, task: Task, key: str | None = None, reader: Task | None = None) -> str:
        """A task's value as an argument; that of a function's group is the group's."""
        inside = self.function_around(task.group)
        if inside and reader and self.function_around(reader.group) != inside:
            return self.variable(inside.name)
        text = self.variable(task.name) + ("" if task.style == "taskflow" else ".output")
        return f'{text}["{key}"]' if key else text

    def task(self, task: Task, indent: str) -> Iterator[str]:
        if task.style == "taskflow":
            yield from (indent + line if line else "" for line in self.taskflow(task))
            return
        if task.style == "classic" and task.role != "latest_only":
            self.functions.append("\n".join(self.function(task, task.name + "_rows")))
        yield f"{indent}{task.name} = {self.operator(task)}"
        if task.setup:
            yield f"{indent}{task.name}.as_setup()"
        if task.teardown:
            yield indent + self.as_teardown(task)

    def as_teardown(self, task: Task) -> str:
        setups = [self.variable(name) for name in task.teardown]
        text = setups[0] if len(setups) == 1 else f"[{', '.join(setups)}]"
        fails = ", on_failure_fail_dagrun=True" if task.fail_run else ""
        return f"{self.variable(task.name)}.as_teardown(setups={text}{fails})"

    def options(self, task: Task) -> list[str]:
        found = []
        chance = self.chance(task.name, "options")
        if task.retries:
            found.append(f"retries={task.retries}")
        if task.retries and chance.random() < 0.3:
            found.append("retry_delay=timedelta(seconds=30)")
        if task.rule != "all_success" and not task.teardown:
            spelled = f"{self.use('TriggerRule')}.{task.rule.upper()}" if chance.random() < 0.3 else f'"{task.rule}"'
            found.append(f"trigger_rule={spelled}")
        if task.role == "short_circuit" and (not task.ignore or chance.random() < 0.3):
            found.append(f"ignore_downstream_trigger_rules={task.ignore}")
        return found

    def operator(self, task: Task) -> str:
        options = [f'task_id="{task.name}"']
        name = {"bash": "BashOperator", "empty": "EmptyOperator"}.get(task.style) or CLASSES[task.role]
        kwargs = self.arguments(task)
        mapped = task.expand
        if name == "BashOperator" and not mapped:
            options.append(f"bash_command={self.command(task, task.behaviour[0])}")
        elif task.style == "classic" and task.role != "latest_only":
            options.append(f"python_callable={task.name}_rows")
            if self.takes_item(task) and not mapped:
                options.append("op_args=[item]")
            if kwargs:
                options.append("op_kwargs={" + ", ".join(f'"{key}": {value}' for key, value in kwargs.items()) + "}")
        options += self.options(task)
        if self.shape.style == "constant":
            options.append("dag=dag")
        self.use(name)
        if mapped:
            return f"{name}.partial({', '.join(options)}).{self.expanded(task, mapped)}"
        return f"{name}({', '.join(options)})"

    def taskflow(self, task: Task) -> Iterator[str]:
        chance = self.chance(task.name, "taskflow")
        options = self.options(task)
        function = task.name
        if chance.random() < 0.25:
            options.insert(0, f'task_id="{task.name}"')
            function = task.name.replace("_", "_the_", 1)
        if task.returns == "outputs":
            options.append("multiple_outputs=True")
        decorator = "task" if task.role == "plain" else f"task.{task.role}"
        self.use("task")
        late_teardown = task.teardown and chance.random() < 0.5
        if task.setup:
            yield f"@{self.use('setup')}"
        elif task.teardown and not late_teardown:
            yield f"@{self.use('teardown')}" + ("(on_failure_fail_dagrun=True)" if task.fail_run else "")
        late = [option for option in options if option.startswith("retries")] if chance.random() < 0.2 else []
        options = [option for option in options if option not in late]
        if options or decorator != "task" or not (task.setup or (task.teardown and not late_teardown)):
            yield f"@{decorator}({', '.join(options)})" if options else f"@{decorator}"
        yield from self.function(task, function)
        yield ""
        arguments = [f"{key}={value}" for key, value in self.arguments(task).items()]
        target = f"{function}.override({', '.join(late)})" if late else function
        if task.expand:
            partial = f".partial({', '.join(arguments)})" if arguments else ""
            yield f"{self.variable(task.name)} = {target}{partial}.{self.expanded(task, task.expand)}"
        else:
            if self.takes_item(task):
                arguments.insert(0, "item=item")
            yield f"{self.variable(task.name)} = {target}({', '.join(arguments)})"
        if late_teardown:
            yield self.as_teardown(task)
        elif task.teardown:
            for name in task.teardown:
                yield f"{self.variable(name)} >> {self.variable(task.name)}"

    def takes_item(self, task: Task) -> bool:
        """Whether a task in a mapped group uses the group's argument."""
        inside = self.shape.mapped_group(task)
        return bool(inside) and task.style in ("taskflow", "classic") and self.chance(task.name, "item").random() < 0.75

    # --- mapping ---

    def over(self, source: int | str, kind: str) -> str:
        if isinstance(source, str):
            return self.value(self.shape.task(source))
        forms = {"ints": "{}", "lists": "[{}]", "dicts": '{{"item": {}}}', "op_args": '{{"op_args": [{}]}}'}
        return "[" + ", ".join(forms[kind].format(number) for number in range(source)) + "]"

    def expanded(self, task: Task, expand: Expansion) -> str:
        first = expand.sources[0][1]
        if task.style == "bash":
            assert isinstance(first, int)
            commands = [self.command(task, task.outcome(number), str(number)) for number in range(first)]
            return f"expand(bash_command=[{', '.join(commands)}])"
        if task.style == "classic":
            if expand.how == "expand_kwargs":
                return f"expand_kwargs({self.over(first, 'op_args')})"
            if expand.how == "map":
                self.helpers.add("as_list")
                return f"expand(op_args={self.over(first, 'ints')}.map(as_list))"
            return f"expand(op_args={self.over(first, 'lists')})"
        if expand.how == "expand_kwargs":
            return f"expand_kwargs({self.over(first, 'dicts')})"
        if expand.how == "map":
            self.helpers.add("double")
            return f"expand(item={self.over(first, 'ints')}.map(double))"
        if expand.how == "zip":
            second = expand.sources[1][1]
            other = self.over(second if isinstance(second, str) else first, "ints")
            return f"expand(item={self.over(first, 'ints')}.zip({other}))"
        if expand.how == "pairs":
            assert isinstance(first, int)
            return "expand(item={" + ", ".join(f'"key{number}": {number}' for number in range(first)) + "})"
        arguments = [f"{name}={self.over(source, 'ints')}" for name, source in expand.sources]
        return f"expand({', '.join(arguments)})"

    # --- what a task does ---

    def arguments(self, task: Task) -> dict[str, str]:
        """The function's arguments that are values of other tasks, or templates."""
        if task.style not in ("taskflow", "classic") or task.role == "latest_only":
            return {}
        found = {f"text{number}": f'"{template}"' for number, template in enumerate(task.templates)}
        for read in task.reads:
            if read.how == "argument":
                found[self.name_of(read)] = self.value(self.shape.task(read.tasks[0]), read.key, task)
            elif read.how == "jinja":
                found[self.name_of(read)] = f'"{{{{ {self.pull(read)} }}}}"'
        return found

    def name_of(self, read: Read) -> str:
        name = "all_found" if read.how == "pull_all" else read.tasks[0] + "_found"
        return f"{name}_{read.key}" if read.key else name

    def pull(self, read: Read) -> str:
        quote = "'" if read.how == "jinja" else '"'
        ids = [f"{quote}{self.shape.id_of(name)}{quote}" for name in read.tasks]
        options = ["task_ids=" + (f"[{', '.join(ids)}]" if read.how == "pull_all" else ids[0])]
        options += [f"key={quote}{read.key}{quote}"] if read.key else []
        options += [f"default={read.default}"] if read.default is not None else []
        return f"ti.xcom_pull({', '.join(options)})"

    def function(self, task: Task, name: str) -> Iterator[str]:
        chance = self.chance(task.name, "function")
        reads = {self.name_of(read): read for read in task.reads}
        pulls = {key: read for key, read in reads.items() if read.how in ("pull", "pull_all")}
        failing = list(self.failing(task))
        needs_ti = bool(pulls) or task.pushes or any("ti." in line for line in failing)
        parameters = []
        if task.expand or self.takes_item(task):
            parameters.append("item")
            if (
                task.expand
                and any(argument == "other" for argument, _ in task.expand.sources)
                and task.expand.how != "zip"
            ):
                parameters.append("other")
        seen = list(parameters)
        parameters += list(self.arguments(task))
        seen += [f"short({key})" if key in reads else key for key in self.arguments(task)]
        seen += [f"short({key})" for key in pulls]
        way = chance.choice(["parameter", "parameter", "context", "current"])
        opening = []
        extra = []
        if chance.random() < 0.3:
            seen.append('context["ds"]' if way != "parameter" else "ds")
            extra.append("ds")
        if chance.random() < 0.15:
            seen.append('context["params"]["region"]' if way != "parameter" else 'params["region"]')
            extra.append("params")
        if needs_ti:
            extra.append("ti")
        if extra and way == "parameter":
            default = "=None" if task.style == "taskflow" else ""
            parameters += [f"{one}{default}" for one in extra]
            if task.style == "classic" and chance.random() < 0.5:
                parameters.append("**context")
        elif extra:
            if way == "context":
                parameters.append("**context")
            else:
                opening.append(f"context = {self.use('get_current_context')}()")
            if needs_ti:
                opening.append('ti = context["ti"]')
        yield f"def {name}({', '.join(parameters)}):"
        lines = [f'"""{name.replace("_", " ").capitalize()}."""'] if chance.random() < 0.4 else []
        lines += opening
        lines += [f"{key} = {self.pull(read)}" for key, read in pulls.items()]
        lines += failing
        if task.pushes:
            lines.append(f'ti.xcom_push(key="count", value={len(task.name)})')
        lines += self.returned(task, seen)
        if any("short(" in line for line in lines):
            self.helpers.add("short")
        yield from (TAB + line for line in lines or ["pass"])

    def failing(self, task: Task) -> Iterator[str]:
        mapped = self.shape.is_mapped(task.name)
        cases = list(enumerate(task.behaviour)) if mapped else [(0, task.behaviour[0])]
        for index, behaviour in cases:
            lines = list(self.one_failing(behaviour))
            if not mapped or len(task.behaviour) == 1:
                if lines and lines[0].startswith("raise "):  # no reader of the text is to know that it always does
                    self.helpers.add("LIMIT")
                    lines = ["if LIMIT < 10:", TAB + lines[0]]
                yield from lines
            elif lines:
                sign = ">=" if index == len(task.behaviour) - 1 else "=="
                yield f"if ti.map_index {sign} {index}:"
                yield from (TAB + line for line in lines)

    def one_failing(self, behaviour: str) -> Iterator[str]:
        if behaviour == "fail":
            yield 'raise ValueError("no such table")'
        elif behaviour == "skip":
            yield f'raise {self.use("AirflowSkipException")}("nothing to do")'
        elif behaviour == "fail_for_good":
            yield f'raise {self.use("AirflowFailException")}("give up")'
        elif behaviour in ("fail_once", "fail_thrice"):
            yield f"if ti.try_number <= {1 if behaviour == 'fail_once' else 3}:"
            yield TAB + 'raise RuntimeError("not yet")'

    def returned(self, task: Task, seen: Sequence[str]) -> Iterator[str]:
        listed = ", ".join(seen)
        if task.role == "branch":
            ids = [f'"{self.shape.id_of(name) if name != "nowhere" else name}"' for name in task.choice or ()]  # type: ignore[union-attr]
            single = len(ids) == 1 and self.chance(task.name, "single").random() < 0.6
            yield f"return {ids[0]}" if single else f"return [{', '.join(ids)}]" if ids else "return None"
        elif task.role == "short_circuit":
            yield f"return {bool(task.choice)}"
        elif task.maps:
            forms = {"ints": "number", "lists": "[number]", "dicts": '{"item": number}'}
            yield f"return [{forms[task.returns]} for number in range({task.items})]"
        elif task.returns == "nothing":
            yield f"print({', '.join(seen)})"
        elif task.returns == "text":
            yield (
                f'return f"{task.name} of {{{seen[0]}}}"'.replace('"]', "']").replace('["', "['")
                if seen
                else f'return "{task.name}"'
            )
        elif task.returns == "outputs":
            yield f'return {{"rows": {len(task.name)}, "label": [{listed}]}}'
        else:
            yield f'return {{"task": "{task.name}", "saw": [{listed}]}}'

    def command(self, task: Task, behaviour: str, item: str = "") -> str:
        words = [task.name, *([item] if item else []), *task.templates]
        words += [f"{{{{ {self.pull(read)} }}}}" for read in task.reads]
        endings = {"fail": "; exit 1", "fail_for_good": "; exit 1", "skip": "; exit 99"}
        command = f"echo {' '.join(words)}{endings.get(behaviour, '')}"
        if behaviour in ("fail_once", "fail_thrice"):
            command = f"test {{{{ ti.try_number }}}} -gt {1 if behaviour == 'fail_once' else 3} && {command}"
        return f'"{command}"'

    # --- edges ---

    def edges(self, scope: Group | None) -> Iterator[str]:
        """The edges that the arguments do not make, each in one of its spellings."""
        left = list(self.explicit(scope))
        chance = self.chance("edges", scope.name if scope else "")
        chance.shuffle(left)
        while left:
            up, down = left[0]
            several_down = [d for u, d in left if u == up]
            several_up = [u for u, d in left if d == down]
            following = next((d for u, d in left if u == down), None)
            drawn = chance.random()
            if len(several_down) > 1 and drawn < 0.5:
                yield chance.choice(
                    [f"{up} >> [{', '.join(several_down)}]", f"{up}.set_downstream([{', '.join(several_down)}])"]
                )
                left = [edge for edge in left if edge[0] != up]
            elif len(several_up) > 1 and drawn < 0.6:
                yield chance.choice([f"[{', '.join(several_up)}] >> {down}", f"{down} << [{', '.join(several_up)}]"])
                left = [edge for edge in left if edge[1] != down]
            elif following and drawn < 0.5:
                chained = f"{self.use('chain')}({up}, {down}, {following})" if drawn < 0.2 else ""
                yield chained or f"{up} >> {down} >> {following}"
                left = [edge for edge in left if edge not in ((up, down), (down, following))]
            else:
                forms = [
                    f"{up} >> {down}",
                    f"{down} << {up}",
                    f"{up}.set_downstream({down})",
                    f"{down}.set_upstream({up})",
                ]
                forms += [f'{up} >> {self.use("Label")}("then") >> {down}', f"{self.use('chain')}({up}, {down})"]
                forms += [f"{self.use('cross_downstream')}([{up}], [{down}])"]
                yield chance.choice([forms[0], *forms])
                left = left[1:]

    def explicit(self, scope: Group | None) -> Iterator[tuple[str, str]]:
        for task in self.shape.tasks:
            if self.function_around(task.group) != scope:
                continue
            given = {name for read in task.reads if read.how == "argument" for name in read.tasks}
            given |= set(task.expand.tasks()) if task.expand else set()
            given |= {g.name for g in self.shape.groups if g.result in given}
            given |= set(task.teardown)
            for name in task.upstream:
                if name not in given or self.chance(task.name, name).random() < 0.15:
                    yield self.variable(name), self.variable(task.name)
        for group in self.shape.groups:
            if self.function_around(group.parent) == scope:
                for name in group.upstream:
                    yield self.variable(name), self.variable(group.name)

    def function_around(self, group: str | None) -> Group | None:
        return next((one for one in reversed(self.shape.path(group)) if one.decorated), None)
