"""What the tasks ask the weather service with."""


class Policy:
    PATIENT = 3
    HASTY = 1


class Service:
    def __init__(self, settings, policy):
        self.host = settings["host"]
        self.tries = policy.PATIENT

    def ask(self, path):
        return f"{self.host}/{path} ({self.tries})"


def connect(settings, policy):
    for host in settings["hosts"]:
        if host.endswith(".example"):
            return Service({"host": host}, policy)
    return Service(settings, policy)


def names_of(settings):
    names = []
    for host in settings["hosts"]:
        names.append(host.partition(".")[0])
    return names
