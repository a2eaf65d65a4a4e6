"""Every text is there in Spanish and in English."""

from config.kit import translations


def test_the_spanish_catalogue_is_complete():
    assert translations.problems() == []
