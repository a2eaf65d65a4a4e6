"""Targets with their members, for the list of targets and the filter of customers by target."""

from targets.benchmarks.targets import QUESTIONS
from targets.models import Target
from targets.services.refresh import target_refresh


def prepare_targets(_size: int) -> None:
    """One target a question of the other suite, evaluated."""
    for question in QUESTIONS:
        slug = f"bench-{question.name.replace('_', '-')}"
        rule = {"version": 1, "rule": question.rule}
        target, is_new = Target.objects.get_or_create(
            slug=slug, defaults={"name": f"Bench {question.name}", "rule": rule}
        )
        if is_new:
            target_refresh(target=target)
