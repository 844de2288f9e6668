"""Who is told when something fails."""

from warehouse import places
from warehouse.places import STATION


class Alerts:
    PREFIX = "Warehouse"

    def tell(text):
        print(f"{Alerts.PREFIX} {STATION}: {text}, see {places.FOLDER}")

    def failed(context):
        Alerts.tell(f"{context['ti'].task_id} failed")
