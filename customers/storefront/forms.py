"""Forms of the account pages."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from config.kit.errors import DomainError
from customers.backoffice.forms import custom_form_field, custom_initial
from customers.backoffice.staff.forms import NewPasswordForm
from customers.models import Customer
from customers.rules.phones import phone_display
from customers.rules.profile import customer_normalise
from customers.selectors.custom_fields import (
    custom_fields_of_the_customer,
    custom_label,
    reading_context,
)
from customers.selectors.fields import birthday_text, custom_text

OWN_FIELDS = (
    "first_name",
    "last_name",
    "second_last_name",
    "phone",
    "birthday",
    "city",
    "language",
)
LANGUAGE_CHOICES = [("", _("As the shop decides")), *settings.LANGUAGES]


def _text(label: Any, **attrs: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, widget=forms.TextInput(attrs=attrs))


def nobodys_business(refusal: DomainError) -> DomainError:
    """The refusal without whose the value is already."""
    if "holder" not in refusal.data:
        return refusal
    return DomainError(refusal.code, gettext("This value cannot be used."), field=refusal.field)


class FirstPasswordForm(NewPasswordForm):
    code = forms.CharField(
        label=_("Code of whoever invited you"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("If you have one. It is kept by whom or where you came."),
    )


class MyDataForm(forms.Form):
    """What a person may say of themselves. Clean values are in ``profile``.

    Custom fields come in as the business says: shown if visible, a field if editable too.
    """

    first_name = _text(_("First name"), autocomplete="given-name")
    last_name = _text(_("Last name"), autocomplete="family-name")
    second_last_name = _text(_("Second last name"), autocomplete="off")
    phone = _text(_("Phone"), autocomplete="tel", inputmode="tel")
    birthday = _text(_("Birthday"), autocomplete="bday", placeholder=_("dd-mm-yyyy"))
    city = _text(_("City"), autocomplete="address-level2")
    language = forms.ChoiceField(
        label=_("Language of our mails"),
        required=False,
        choices=LANGUAGE_CHOICES,
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, customer: Customer) -> None:
        self.customer = customer
        visible = list(custom_fields_of_the_customer())
        self.custom = [field for field in visible if field.is_editable]
        self.fixed = [field for field in visible if not field.is_editable]
        super().__init__(data, initial=self._shown())
        self._keep_unknown_language()
        for field in self.custom:
            self.fields[f"custom.{field.key}"] = custom_form_field(
                field, required=field.is_required
            )
        self.profile: dict[str, Any] = {}

    def _keep_unknown_language(self) -> None:
        """A language that an import brought is offered, so that saving does not lose it."""
        held, field = self.customer.language, self.fields["language"]
        if held and held not in dict(settings.LANGUAGES) and isinstance(field, forms.ChoiceField):
            field.choices = [*LANGUAGE_CHOICES, (held, held)]

    def _shown(self) -> dict[str, Any]:
        person = self.customer
        own = {name: getattr(person, name) for name in OWN_FIELDS if name != "birthday"}
        custom = {
            f"custom.{field.key}": custom_initial(field, person.custom.get(field.key))
            for field in self.custom
        }
        return {
            **own,
            "phone": phone_display(person.phone),
            "birthday": birthday_text(person),
            "version": person.version,
            **custom,
        }

    def clean(self) -> dict[str, Any]:
        names = [*OWN_FIELDS, *(f"custom.{field.key}" for field in self.custom)]
        values = {name: self.cleaned_data.get(name, "") for name in names}
        context = reading_context(
            fields=self.custom,
            decimal="." if (get_language() or "").startswith("en") else ",",
            phone=self.customer.phone,
        )
        self.profile, refusals = customer_normalise(values, context)
        for refusal in refusals.values():
            if refusal.field not in self.errors:
                refusal.add_to(self)
        return self.cleaned_data

    def refuse(self, refusal: DomainError) -> None:
        """Show why it was not saved. Whose a value is already, is nobody's business here."""
        nobodys_business(refusal).add_to(self)

    @property
    def own_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in OWN_FIELDS]

    @property
    def custom_fields(self) -> list[forms.BoundField]:
        return [self[f"custom.{field.key}"] for field in self.custom]

    @property
    def fixed_values(self) -> list[tuple[str, str]]:
        """Label and value of what is shown but not theirs to change."""
        held = self.customer.custom
        return [
            (custom_label(field), custom_text(field, held[field.key]))
            for field in self.fixed
            if held.get(field.key) is not None
        ]
