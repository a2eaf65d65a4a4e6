"""Which command it is. Everything here runs inside the project's environment."""

import os
import sys
import time

from config.bootstrap import BEGAN
from config.supervisor import commands, testing, up
from config.supervisor.errors import StartError

HELP = """\
Clientela's own commands:
  up [--port N] [--no-demo] [--reset]   set up and run everything on this machine
  test [pytest arguments]               check and test everything
  test --features                       which tests show which feature
"""


def main(argv: list[str]) -> None:
    """``argv`` as in ``sys.argv``."""
    name = argv[1] if len(argv) > 1 else "help"
    began = float(os.environ.pop(BEGAN, time.time()))
    try:
        if name == "up":
            sys.exit(up.main(argv[2:], began))
        if name == "test":
            sys.exit(testing.main(argv[2:]))
        if name in {"help", "--help", "-h"} and len(argv) < 3:
            print(HELP)
        commands.run(argv)
    except StartError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
