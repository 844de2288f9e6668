def gross(net):
    from .rates import RATE

    return net * RATE
