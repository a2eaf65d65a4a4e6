"""The forms of a record, its notes and contact points."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse, reverse_lazy
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from config.kit import clock
from config.kit.errors import DomainError
from config.kit.pages import Section, Wide, shown_read, shown_text
from customers.models import Address, Category, Customer, CustomField
from customers.rules.codes import country_choices
from customers.rules.id_numbers import ID_TYPES, default_id_type
from customers.rules.phones import phone_display
from customers.rules.profile import customer_normalise
from customers.rules.statuses import State, needs_reason
from customers.selectors.custom_fields import (
    custom_fields_enabled,
    custom_label,
    reading_context,
)
from customers.selectors.customers import category_ids_by_hand, main_address_of
from customers.selectors.fields import LABELS, birthday_text, custom_text, id_text

PROFILE_FIELDS = (
    "first_name",
    "last_name",
    "second_last_name",
    "id_type",
    "id_number",
    "birthday",
    "email",
    "phone",
    "gender",
    "city",
    "country",
    "language",
    "time_zone",
)
ADDRESS_FIELDS = ("line1", "line2", "district", "region", "postal_code")
NO_DATUM = lazy("No data")


def refuse(form: forms.Form, refusal: DomainError) -> None:
    """Show a refusal at its field; one that names another record links to it."""
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, linked(refusal))


def linked(refusal: DomainError) -> str:
    """The message, with a link to the record that holds the value."""
    if "holder" not in refusal.data:
        return refusal.message
    link = format_html(
        '<a href="{}">{}</a>',
        reverse("customers:record", args=[refusal.data["holder"]]),
        refusal.data["holder_name"],
    )
    return format_html(_("It already belongs to {name}."), name=link)


def _label(name: str) -> Any:
    return LABELS[name]


def _text(name: str, **attrs: Any) -> forms.CharField:
    return forms.CharField(
        label=_label(name), required=False, strip=True, widget=forms.TextInput(attrs=attrs)
    )


def _choice(name: str, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=_label(name), required=False, choices=choices)


def _countries() -> list[tuple[str, Any]]:
    return [("", NO_DATUM), *country_choices(get_language() or "es")]


def _id_types() -> list[tuple[str, Any]]:
    here = settings.SITE_COUNTRY
    first = [(key, one.label) for key, one in ID_TYPES.items() if one.country == here]
    rest = [(key, one.label) for key, one in ID_TYPES.items() if one.country != here]
    return [*first, *rest]


def custom_form_field(field: CustomField, *, required: bool) -> forms.Field:
    """The form field of a custom field; its text is read by ``clean_custom``."""
    common: dict[str, Any] = {
        "label": custom_label(field),
        "required": required,
        "help_text": field.help_text,
    }
    if field.kind == CustomField.Kind.CHECKBOX:
        answers = [("", NO_DATUM), ("yes", lazy("Yes")), ("no", lazy("No"))]
        return forms.ChoiceField(choices=answers, **common)
    if field.kind in {CustomField.Kind.DROPDOWN, CustomField.Kind.CHOICE}:
        options = [(one["value"], one["label"]) for one in field.options]
        if field.kind == CustomField.Kind.CHOICE:
            empty = [] if required else [("", NO_DATUM)]
            return forms.ChoiceField(choices=[*empty, *options], widget=forms.RadioSelect, **common)
        return forms.ChoiceField(choices=[("", NO_DATUM), *options], **common)
    if field.kind == CustomField.Kind.PARAGRAPH:
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), **common)
    if field.kind == CustomField.Kind.NUMBER:
        return forms.CharField(widget=forms.TextInput(attrs={"inputmode": "decimal"}), **common)
    return forms.CharField(**common)


def custom_initial(field: CustomField, value: Any) -> str:
    """A kept value as the form shows it."""
    if value is None:
        return ""
    if field.kind == CustomField.Kind.CHECKBOX:
        return "yes" if value else "no"
    if field.kind == CustomField.Kind.NUMBER:
        plain = str(value)
        return plain if (get_language() or "").startswith("en") else plain.replace(".", ",")
    if field.kind == CustomField.Kind.DATE:
        return custom_text(field, value)
    return str(value)


class CustomerForm(forms.Form):
    """A record with its custom fields, main address and categories.

    Texts are cleaned by ``customer_normalise``; the clean values are in ``profile``. ``base`` holds
    what the form showed, so that a conflict can tell who changed what.
    """

    first_name = _text("first_name", autocomplete="off")
    last_name = _text("last_name", autocomplete="off")
    second_last_name = _text("second_last_name", autocomplete="off")
    id_type = _choice("id_type", _id_types)
    id_number = _text("id_number", autocomplete="off")
    birthday = _text("birthday", placeholder=lazy("dd-mm-yyyy"), autocomplete="off")
    email = _text("email", inputmode="email", autocomplete="off", spellcheck="false")
    phone = _text("phone", inputmode="tel", autocomplete="off")
    line1 = _text("line1", autocomplete="off")
    line2 = _text("line2", autocomplete="off")
    district = _text("district", autocomplete="off")
    city = _text("city", autocomplete="off")
    region = _text("region", autocomplete="off")
    postal_code = _text("postal_code", autocomplete="off")
    country = _choice("country", _countries)
    lifecycle = forms.ChoiceField(label=_label("lifecycle"), choices=Customer.Lifecycle.choices)
    categories = forms.ModelMultipleChoiceField(
        label=lazy("Categories"),
        queryset=Category.objects.filter(source="").order_by("name"),
        required=False,
        widget=forms.SelectMultiple(attrs={"data-select": ""}),
    )
    gender = _choice("gender", [("", NO_DATUM), *Customer.Gender.choices])
    language = _choice("language", [("", NO_DATUM), *settings.LANGUAGES])
    time_zone = _text("time_zone", placeholder="America/Santiago", autocomplete="off")
    base = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, customer: Customer | None = None, **kwargs: Any) -> None:
        self.customer = customer
        self.custom = list(custom_fields_enabled())
        if customer is not None:
            shown = form_values(customer, self.custom)
            kwargs["initial"] = {**shown, "base": shown_text(shown)}
        else:
            kwargs.setdefault("initial", {"id_type": default_id_type(settings.SITE_COUNTRY)})
        super().__init__(*args, **kwargs)
        for field in self.custom:
            self.fields[f"custom.{field.key}"] = custom_form_field(
                field, required=field.is_required
            )
        self._keep_unknown_language()
        self.profile: dict[str, Any] = {}

    def _keep_unknown_language(self) -> None:
        """A language that an import brought is offered, so that saving does not lose it."""
        held = self.customer.language if self.customer else ""
        field = self.fields["language"]
        if held and held not in dict(settings.LANGUAGES) and isinstance(field, forms.ChoiceField):
            field.choices = [("", NO_DATUM), *settings.LANGUAGES, (held, held)]

    def clean(self) -> dict[str, Any]:
        values = {name: self.cleaned_data.get(name, "") for name in PROFILE_FIELDS}
        values |= {
            f"custom.{field.key}": self.cleaned_data.get(f"custom.{field.key}", "")
            for field in self.custom
        }
        context = reading_context(
            fields=self.custom,
            decimal="." if (get_language() or "").startswith("en") else ",",
            phone=self.customer.phone if self.customer else "",
        )
        self.profile, refusals = customer_normalise(values, context)
        self.profile["lifecycle"] = self.cleaned_data.get("lifecycle", Customer.Lifecycle.LEAD)
        if not self.profile.get("id_number"):
            self.profile["id_type"] = ""
        for refusal in refusals.values():
            if refusal.field not in self.errors:
                refuse(self, refusal)
        return self.cleaned_data

    @property
    def address(self) -> dict[str, str]:
        values = {name: self.cleaned_data.get(name, "") for name in ADDRESS_FIELDS}
        return values | {
            "city": self.profile.get("city", ""),
            "country": self.profile.get("country", ""),
        }

    @property
    def base_values(self) -> dict[str, Any]:
        """What the form showed before it was edited; empty when that is not readable."""
        return shown_read(self.data.get("base", ""))

    def sections(self) -> list[Section]:
        custom: list[str | Wide] = [
            Wide(f"custom.{field.key}", 3)
            if field.kind == CustomField.Kind.PARAGRAPH
            else f"custom.{field.key}"
            for field in self.custom
        ]
        made = [
            Section(
                _("Identity"),
                _("As on their document."),
                ["first_name", "last_name", "second_last_name", "id_type", "id_number", "birthday"],
            ),
            Section(
                _("Contact"),
                _("The e-mail is what recognises the person."),
                [
                    Wide("email", 2),
                    "phone",
                    Wide("line1", 2),
                    "line2",
                    "district",
                    "city",
                    "region",
                    "postal_code",
                    "country",
                ],
            ),
            Section(
                _("Classification"),
                _("It changes prices and targets as soon as you save."),
                ["lifecycle", "categories", "gender", "language", "time_zone"],
            ),
        ]
        if custom:
            made.append(Section(_("Further data"), _("The fields of this business."), custom))
        return made


class NewCustomerForm(CustomerForm):
    """What only a new record has: a code of another system, and the mail with a link."""

    system = _text("system", autocomplete="off")
    value = _text("value", autocomplete="off")
    code = forms.CharField(
        label=lazy("Code by which they came"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=lazy("Of a shop, a campaign or another customer."),
    )
    send_link = forms.BooleanField(
        label=lazy("Send a mail with a link to set a password"), required=False
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        system, value = cleaned.get("system", ""), cleaned.get("value", "")
        if bool(system) != bool(value):
            self.add_error("value" if system else "system", _("Give the system and the code."))
        if cleaned.get("send_link") and not cleaned.get("email"):
            self.add_error("send_link", _("The mail needs an address to go to."))
        return cleaned

    @property
    def external_id(self) -> tuple[str, str] | None:
        system = self.cleaned_data.get("system", "")
        return (system, self.cleaned_data["value"]) if system else None

    def sections(self) -> list[Section]:
        made = super().sections()
        return [
            *made[:2],
            Section(
                _("Another system"),
                _("Its code in your till, ERP or shop. With it no e-mail is needed."),
                ["system", "value"],
            ),
            *made[2:],
            Section(_("Account"), "", ["code", Wide("send_link", 3)]),
        ]


def form_values(customer: Customer, custom: Iterable[CustomField]) -> dict[str, Any]:
    """The texts that the form of this record shows."""
    address = main_address_of(customer) or Address()
    values: dict[str, Any] = {
        name: getattr(customer, name)
        for name in PROFILE_FIELDS
        if name not in {"birthday", "id_number", "phone"}
    }
    values |= {name: getattr(address, name) for name in ADDRESS_FIELDS}
    values |= {
        "id_type": customer.id_type or default_id_type(customer.country or settings.SITE_COUNTRY),
        "id_number": id_text(customer),
        "phone": phone_display(customer.phone),
        "birthday": birthday_text(customer),
        "lifecycle": customer.lifecycle,
        "categories": [str(pk) for pk in category_ids_by_hand(customer)],
    }
    return values | {
        f"custom.{field.key}": custom_initial(field, customer.custom.get(field.key))
        for field in custom
    }


class NoteForm(forms.Form):
    body = forms.CharField(
        label=lazy("Note"),
        widget=forms.Textarea(
            attrs={"rows": 4, "data-mentions": reverse_lazy("customers:mentions")}
        ),
        max_length=10_000,
        help_text=lazy("An @ and a name tell a colleague."),
    )


class StatusForm(forms.Form):
    """Reason and, for a deactivation, its end."""

    reason = forms.CharField(label=lazy("Reason"), max_length=300, required=False)
    until = forms.DateField(
        label=lazy("Active again on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=lazy("Empty: until somebody activates this person again."),
    )

    def __init__(self, *args: Any, before: str, status: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if status != Customer.Status.DEACTIVATED:
            del self.fields["until"]
        self.fields["reason"].required = needs_reason(State(before), State(status))


class ConvertForm(forms.Form):
    note = forms.CharField(
        label=lazy("Reason"),
        max_length=300,
        required=False,
        help_text=lazy("For example: bought by phone."),
    )


def start_of(day: date | None) -> datetime | None:
    """The first instant of a day of the site."""
    return datetime.combine(day, time.min, tzinfo=clock.site_zone()) if day else None


class TagNameForm(forms.Form):
    name = forms.CharField(label=lazy("Tag"), max_length=80)


class AliasForm(forms.Form):
    address = forms.CharField(label=lazy("Further e-mail"), max_length=254)


class PhoneForm(forms.Form):
    number = forms.CharField(label=lazy("Further phone"), max_length=40)
    label = forms.CharField(label=lazy("What it is"), max_length=40, required=False)


class ExternalIdForm(forms.Form):
    system = forms.CharField(label=lazy("System"), max_length=40)
    value = forms.CharField(label=lazy("Code"), max_length=120)


class AddressForm(forms.Form):
    label = forms.CharField(label=lazy("Name of the address"), max_length=40, required=False)
    line1 = forms.CharField(label=lazy("Address"), max_length=200)
    line2 = forms.CharField(label=lazy("Apartment, office"), max_length=200, required=False)
    district = forms.CharField(label=lazy("District"), max_length=120, required=False)
    city = forms.CharField(label=lazy("City"), max_length=120, required=False)
    region = forms.CharField(label=lazy("Region"), max_length=120, required=False)
    postal_code = forms.CharField(label=lazy("Postal code"), max_length=20, required=False)
    country = forms.ChoiceField(label=lazy("Country"), choices=_countries, required=False)
    is_main = forms.BooleanField(label=lazy("Main address"), required=False)
