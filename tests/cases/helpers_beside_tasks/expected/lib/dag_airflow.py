"""From dag.py."""


def read(model):
    return model()
