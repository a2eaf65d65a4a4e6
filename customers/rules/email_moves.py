"""How long each step of a change of e-mail may take."""

from datetime import timedelta
from typing import Final

# Both ends have a week to answer.
ANSWER: Final = timedelta(days=7)
# Nobody reads the old address: time for its owner to object, if there is one after all.
WAIT: Final = timedelta(days=3)
UNDO: Final = timedelta(days=30)
