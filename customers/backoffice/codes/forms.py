"""The form of a code that the shop gives."""

from django import forms
from django.utils.translation import gettext_lazy as lazy

from customers.models import Category, RegistrationCode

Origin = RegistrationCode.Origin
ORIGINS = [one for one in Origin.choices if one[0] != Origin.CUSTOMER]


class CodeForm(forms.Form):
    name = forms.CharField(
        label=lazy("Where it is given"),
        max_length=80,
        widget=forms.TextInput(attrs={"placeholder": lazy("Feria de Temuco, summer")}),
    )
    origin = forms.ChoiceField(label=lazy("What that is"), choices=ORIGINS)
    category = forms.ModelChoiceField(
        label=lazy("Category that it gives"),
        queryset=Category.objects.filter(source="").order_by("name"),
        required=False,
        empty_label=lazy("None"),
    )
    most_uses = forms.IntegerField(
        label=lazy("People at most"),
        min_value=1,
        max_value=10_000_000,
        required=False,
        widget=forms.NumberInput(attrs={"placeholder": lazy("As many as want")}),
    )
    last_day = forms.DateField(
        label=lazy("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=lazy("Empty: until somebody revokes it."),
    )
