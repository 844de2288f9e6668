def to_celsius(value):
    return round((value - 32) / 1.8, 1)
