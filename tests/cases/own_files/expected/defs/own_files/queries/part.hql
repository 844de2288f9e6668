from days
