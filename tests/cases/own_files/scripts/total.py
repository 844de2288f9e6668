import sys

print("total of", sys.argv[1])
