"""Money is an integer in minor units plus an ISO 4217 currency."""

from decimal import Decimal

from babel.numbers import format_currency, get_currency_precision

LOCALES = {"es": "es_CL", "en": "en_US"}


def to_major(amount: int, currency: str) -> Decimal:
    """Minor units to the currency's unit: 12990 CLP is 12990, 12990 USD is 129.90."""
    return Decimal(amount).scaleb(-get_currency_precision(currency))


def format_minor(amount: int, currency: str, language: str) -> str:
    """People's text for an amount, such as ``$ 12.990`` in Spanish."""
    locale = LOCALES.get(language, "es_CL")
    pattern = "¤\xa0#,##0.00" if locale == "es_CL" else None
    return format_currency(
        to_major(amount, currency), currency, format=pattern, locale=locale, currency_digits=True
    )
