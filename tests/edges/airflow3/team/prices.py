"""Nothing of the workflows in here."""


def gross(net):
    from .rates import RATE

    return round(net * RATE, 2)
