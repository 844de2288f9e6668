"""Which of Airflow's exceptions a function may raise by what it imports: copies of modules that raise the stand-ins."""

from __future__ import annotations

from .. import airflow_model as am
from .library import Library


def raised(function: am.Function, library: Library) -> frozenset[str]:
    """The exceptions raised in modules that need no Airflow, by what the function and its helpers take from them."""
    start = library.of_file(function.span.file)
    if start is None:
        return frozenset()
    found = {name for name, line in _of(start, library) if function.span.line <= line <= function.span.end_line}
    whole = [other for _, needed in library.copied(start, [function.span]) for other in needed]
    waiting = [(start, name) for name in function.globals_used]
    seen: set[tuple[str, str]] = set()
    while waiting or whole:
        if whole:
            module = whole.pop()
            found |= {name for name, _ in _of(module, library)}
            waiting += [(module, item.name) for item in module.items]
            continue
        module, name = waiting.pop()
        if (module.source.file, name) in seen:
            continue
        seen.add((module.source.file, name))
        if module.item(name) is None and (other := library.provider(name, module)) is not None:
            waiting.append((other, name))
        for item in (i for i in module.items if i.name == name):
            waiting += [(module, need) for need in item.needs]
            found |= {name for name, line in _of(module, library) if item.span.line <= line <= item.span.end_line}
            if item.imports is not None:
                path, wanted = item.imports
                if (other := library.find(path, module)) is not None:
                    waiting.append((other, wanted))
                    whole += [other] if wanted == "*" else []
                if (other := library.find(f"{path}.{wanted}" if wanted else path, module)) is not None:
                    whole.append(other)
    return frozenset(found)


def _of(module: am.Module, library: Library) -> frozenset[tuple[str, int]]:
    return library.surveyed(module).raised if module.airflow else frozenset()
