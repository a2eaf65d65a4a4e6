"""A worker of upkeep in a process of its own: a JSON line for each of its commits.

``python -m targets.benchmarks.upkeep_worker DATABASE [bare]``; ends at SIGTERM.
"""

import sys

import django
from django.conf import settings

if __name__ == "__main__":
    settings.DATABASES["default"]["NAME"] = sys.argv[1]
    django.setup()
    from targets.benchmarks.upkeep_following import follow, follow_bare

    (follow_bare if "bare" in sys.argv[2:] else follow)()
