"""What every list of the back office keeps to."""

import django_filters

from config.kit.pages import IndexPage
from tests.architecture.world import routes


def test_filters_by_a_column_of_the_row_itself_do_not_look_for_duplicates():
    """A DISTINCT over whole rows makes counting a million of them five times as slow."""
    assert routes("backoffice/")
    lists = [one for one in IndexPage.known.values() if one.filterset_class is not None]
    assert len(lists) > 5
    found = [
        f"{one.key}: {name}"
        for one in lists
        for name, choice in one.filterset_class.base_filters.items()
        if isinstance(choice, django_filters.MultipleChoiceFilter)
        and choice.method is None
        and "__" not in choice.field_name
        and choice.distinct
    ]
    assert found == []
