"""Suites of ``manage.py bench``: each app adds its own, beside a yardstick in the same run."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.utils.module_loading import import_string

from config.kit.benchmarks.writing import Writing
from config.kit.registry import Registry

# A suite takes the size and answers a flat dictionary: names carry units, ``x_yardstick`` stands
# beside ``x``, ``ratio`` says how we stand to it. It may also take ``rate`` and ``seconds``.
Suite = Callable[..., dict[str, Any]]

# suite -> where its function is; it is loaded when it runs
suites: Registry[str] = Registry("benchmarks")


def suite_load(name: str) -> Suite:
    found: Suite = import_string(suites[name])
    return found


def suite_takes(suite: Suite, option: str) -> bool:
    return option in inspect.signature(suite).parameters


class Burden(Protocol):
    """What an app writes in bulk while a suite of another app measures."""

    def begin(self, seconds: int) -> Writing: ...


# name -> where a class is that takes a number of rows and prepares them
burdens: Registry[str] = Registry("burdens")


def burden_load(name: str, rows: int) -> Burden:
    found: Burden = import_string(burdens[name])(rows)
    return found


@dataclass(frozen=True, kw_only=True)
class MeasuredList:
    """A list that ``bench pages`` walks through.

    ``index`` is where its IndexPage is, ``searches`` are words by name (``frequent``, ``rare`` …),
    ``values`` are those of filters that offer no choices, and ``prepare`` is where a function of
    the size is that makes rows when ``seed`` makes none.
    """

    url_name: str
    index: str
    searches: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    prepare: str = ""


lists: Registry[MeasuredList] = Registry("measured lists")
lists.register(
    "jobs",
    MeasuredList(
        url_name="jobs:list",
        index="config.kit.backoffice.job_index.JobIndex",
        searches={"frequent": "bench", "rare": "9999", "short": "be"},
        prepare="config.kit.benchmarks.jobs.prepare_jobs",
    ),
)
