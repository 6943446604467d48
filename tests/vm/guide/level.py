"""Documentation."""
import sys

print(__debug__, sys.flags.optimize, __doc__)
