"""Slots that a lower app offers and upper apps fill in ``AppConfig.ready()``."""

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """Names to values, in the order of registration; a name is given once."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._values: dict[str, T] = {}

    def register(self, key: str, value: T) -> T:
        if key in self._values:
            raise ValueError(f"{self.name} already has {key!r}")
        self._values[key] = value
        return value

    def decorator(self, key: str) -> Callable[[T], T]:
        """``@slot.decorator("name")`` over a function or class."""

        def wrap(value: T) -> T:
            return self.register(key, value)

        return wrap

    def get(self, key: str) -> T | None:
        return self._values.get(key)

    def __getitem__(self, key: str) -> T:
        return self._values[key]

    def __contains__(self, key: object) -> bool:
        return key in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def items(self) -> list[tuple[str, T]]:
        return list(self._values.items())

    def values(self) -> list[T]:
        return list(self._values.values())
