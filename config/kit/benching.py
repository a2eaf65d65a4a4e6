"""Suites of ``manage.py bench``: each app adds its own, beside a yardstick in the same run."""

from collections.abc import Callable
from typing import Any

from config.kit.registry import Registry

# suite -> (size) -> flat dictionary: names carry units, ``x_yardstick`` beside ``x``, ``ratio``
suites: Registry[Callable[[int], dict[str, Any]]] = Registry("benchmarks")
