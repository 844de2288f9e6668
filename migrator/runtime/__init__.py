"""The code that is copied into generated projects: `compat`, the parts of the runtime module, and `resources`.

It depends on Dagster, Jinja, pendulum and jsonschema, and on nothing of this package; `write.runtime` reads it as text.
"""
