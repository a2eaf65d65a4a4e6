"""Shows what the embedded servers write to their logs from now on, where it may matter."""

import asyncio
import re
from pathlib import Path

from config.supervisor import output

# Their own account of starting, stopping and checkpoints is for the log file alone.
WORTH_SHOWING = re.compile(r"\b(ERROR|FATAL|PANIC|WARNING|Traceback)\b|^# |starting it again")
PAUSE_SECONDS = 0.5


async def follow(name: str, path: Path) -> None:
    place = path.stat().st_size if path.exists() else 0
    rest = ""
    while True:
        await asyncio.sleep(PAUSE_SECONDS)
        if not path.exists():
            continue
        size = path.stat().st_size
        if size == place:
            continue
        text, place = await asyncio.to_thread(read_from, path, min(place, size))
        *whole, rest = (rest + text).split("\n")
        for line in whole:
            if WORTH_SHOWING.search(line):
                output.log_line(name, line)


def read_from(path: Path, place: int) -> tuple[str, int]:
    with path.open("rb") as file:
        file.seek(place)
        content = file.read()
    return content.decode(errors="replace"), place + len(content)
