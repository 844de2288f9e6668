"""Where things are, by stage."""

from airflow.sdk import Variable

stage = Variable.get("stage")
LIMIT = int(Variable.get("limit", default="10"))
FOLDER = "reports"
BUCKET = f"company-{stage}-exports"
