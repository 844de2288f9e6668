"""dagster_model in, files out."""
