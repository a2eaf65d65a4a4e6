"""Cleaning on every core: the records go out in blocks, the rows come back as text for COPY."""

import os
import pickle
import selectors
import subprocess
import sys
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack, suppress
from itertools import islice
from types import TracebackType
from typing import IO, Self, cast

from django.conf import settings

from config.kit.errors import DomainError
from customers.importing.config import CleaningConfig
from customers.importing.reading import Record
from customers.importing.worker import receive, send

BLOCK = 2000
WORKERS = 2


def cleaned_blocks(
    config: CleaningConfig, records: Iterable[Record], *, in_processes: bool
) -> Generator[tuple[int, bytes], None, None]:
    """Of each block: how many records, and the text for COPY. The order may differ."""
    if not in_processes:
        cleaner = config.cleaner()
        for block in _blocks(records):
            yield len(block), cleaner.copy_text(block).encode()
        return
    with ExitStack() as stack:
        workers = [stack.enter_context(Worker(config)) for _number in range(WORKERS)]
        yield from _shared_out(workers, _blocks(records))


def _blocks(records: Iterable[Record]) -> Iterator[list[Record]]:
    source = iter(records)
    while block := list(islice(source, BLOCK)):
        yield block


def _shared_out(
    workers: list["Worker"], blocks: Iterator[list[Record]]
) -> Iterator[tuple[int, bytes]]:
    """Each worker has one block; whoever answers gets the next one, which is already waiting."""
    with selectors.DefaultSelector() as selector:
        for worker in workers:
            if block := next(blocks, None):
                worker.ask(block)
                selector.register(worker.output, selectors.EVENT_READ, worker)
        waiting = next(blocks, None)
        while selector.get_map():
            for key, _events in selector.select():
                worker = cast("Worker", key.data)
                asked, text = worker.asked, worker.answer()
                if waiting:
                    worker.ask(waiting)
                    waiting = None
                else:
                    selector.unregister(key.fileobj)
                yield asked, text
                waiting = waiting or next(blocks, None)


class Worker:
    """A process of its own; ended with the block in which it was made."""

    def __init__(self, config: CleaningConfig) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "customers.importing.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=settings.BASE_DIR,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
        )
        self.output = cast("IO[bytes]", self._process.stdout)
        self._input = cast("IO[bytes]", self._process.stdin)
        self.asked = 0
        send(self._input, pickle.dumps(config))

    def ask(self, block: list[Record]) -> None:
        self.asked = len(block)
        send(self._input, pickle.dumps([tuple(record) for record in block], protocol=5))

    def answer(self) -> bytes:
        """:raises DomainError: the process is gone."""
        text = receive(self.output)
        if not text:
            raise DomainError("cleaning_stopped", "A cleaning process ended before its work.")
        return text

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            self._process.kill()
        with suppress(BrokenPipeError):
            self._input.close()
        self.output.close()
        self._process.wait(timeout=30)
