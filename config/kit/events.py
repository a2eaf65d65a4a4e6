"""Facts in the past tense, written to the outbox in the writer's own transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, TypeVar

from django.db import connection, transaction

from config.kit.models import OutboxEvent
from config.kit.registry import Registry


@dataclass(frozen=True, kw_only=True)
class Event:
    """Subclasses set ``name`` and hold JSON values only.

    Events of one ``key`` are delivered in the order in which they were written.
    """

    name: ClassVar[str]

    @property
    def key(self) -> str:
        raise NotImplementedError

    def payload(self) -> dict[str, Any]:
        return asdict(self)


INSERT_SELECT = (
    "INSERT INTO kit_outboxevent (name, key, payload, recorded_at, attempts) "
    "SELECT '{name}', picked.key, picked.payload, clock_timestamp(), 0 "
    "FROM ({select}) AS picked(key, payload)"
)
E = TypeVar("E", bound=Event)
Handler = Callable[[Any], None]

event_types: Registry[type[Event]] = Registry("events")
_handlers: dict[str, list[Handler]] = {}


def event_type(cls: type[E]) -> type[E]:
    """Class decorator: make the event known by its name."""
    event_types.register(cls.name, cls)
    return cls


def subscribe(cls: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Register an idempotent handler: an event may be delivered more than once."""

    def wrap(handler: Callable[[E], None]) -> Callable[[E], None]:
        _handlers.setdefault(cls.name, []).append(handler)
        return handler

    return wrap


def handlers_of(name: str) -> Sequence[Handler]:
    return tuple(_handlers.get(name, ()))


def emit(event: Event) -> None:
    """Write the event beside the change that it tells of.

    :raises TransactionManagementError: outside a transaction.
    """
    _require_transaction()
    OutboxEvent.objects.create(name=event.name, key=event.key, payload=event.payload())


def emit_select(cls: type[Event], select: str, params: Mapping[str, Any] | Sequence[Any]) -> int:
    """Write one event for each row of a query; returns their number.

    ``select`` yields two columns, key (text) and payload (jsonb), and is our own SQL: values of
    users come in ``params`` only.
    """
    _require_transaction()
    with connection.cursor() as cursor:
        cursor.execute(INSERT_SELECT.format(name=cls.name, select=select), params)
        written: int = cursor.rowcount
    return written


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("An event belongs to a transaction.")
