"""`python -m migrator`: the same as `migrate`."""

import sys

from .cli import main

sys.exit(main())
