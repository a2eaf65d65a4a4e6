#!/usr/bin/env python3
"""The door of Clientela's commands. `up` runs everything, `test` tests everything."""

import sys

if sys.version_info < (3, 6):
    sys.exit(
        "Clientela needs Python 3.11 or newer; this is Python %d.%d. "
        "Try: python3.11 manage.py" % sys.version_info[:2]
    )
else:
    from config import bootstrap

if __name__ == "__main__":
    bootstrap.main(sys.argv)
    from config.supervisor.cli import main

    main(sys.argv)
