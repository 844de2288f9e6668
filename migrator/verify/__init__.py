"""Runs both engines side by side and compares: `migrate verify`. The only room that runs user code, and it says so."""
