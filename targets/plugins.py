"""What this app plugs into the registries of the layers below, and its own filters."""

from config.kit import benching
from config.kit.benching import MeasuredList
from config.kit.partitions import ledgers
from targets import categories, invariants, merging, presets, privacy
from targets.api import plugins as api_plugins
from targets.backoffice import (
    abilities,
    explaining,
    home,
    invariant_words,
    list_bulk,
    list_page,
    movements,
    plugs,
    record,
    trail_words,
)
from targets.registry import register_filters

ledgers.register("targets_membershipchange", "occurred_at")
register_filters("targets.filters")
plugs.register_all()
categories.register_all()
presets.register_all()
abilities.register_all()
home.register_all()
invariant_words.register_all()
record.register_panels()
list_page.register_panels()
list_bulk.register_all()
explaining.register_all()
movements.register_all()
trail_words.register_all()
merging.register_all()
api_plugins.register_all()
privacy.register_all()
benching.suites.register("targets", "targets.benchmarks.targets.bench_targets")
benching.suites.register("upkeep", "targets.benchmarks.upkeep.bench_upkeep")
benching.lists.register(
    "targets",
    MeasuredList(
        url_name="targets:index",
        index="targets.backoffice.index.TargetIndex",
        searches={"frequent": "bench", "rare": "unread", "short": "be"},
        values={"members": ("1000",)},
        prepare="targets.benchmarks.pages.prepare_targets",
    ),
)

__all__ = ["invariants"]
