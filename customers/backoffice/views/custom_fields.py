"""Settings: custom fields."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST

from config.kit.access import StaffRequest, backoffice
from config.kit.errors import DomainError
from config.kit.numbers import whole
from config.kit.pages import (
    FormPage,
    Link,
    RowForm,
    Section,
    Shown,
    Wide,
    confirm_response,
    confirmed,
    toast,
)
from customers.access import custom_field_of
from customers.backoffice.field_index import CustomFieldIndex
from customers.models import CustomField
from customers.services.custom_fields import (
    FLAGS,
    WITH_OPTIONS,
    custom_field_create,
    custom_field_delete,
    custom_field_disable,
    custom_field_enable,
    custom_field_move,
    custom_field_update,
)

SHOWN_FLAGS = ("is_required", "is_unique", "is_searchable", "is_visible", "is_editable")


class CustomFieldForm(forms.Form):
    label = forms.CharField(label=lazy("Name"), max_length=120)
    label_en = forms.CharField(label=lazy("Name in English"), max_length=120, required=False)
    kind = forms.ChoiceField(label=lazy("Type"), choices=CustomField.Kind.choices)
    help_text = forms.CharField(label=lazy("Help"), max_length=300, required=False)
    options = forms.CharField(
        label=lazy("Options"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=lazy(
            "One a line, for dropdowns and choices. To rename one, change only what follows the =."
        ),
    )
    is_required = forms.BooleanField(label=lazy("Required"), required=False)
    is_unique = forms.BooleanField(
        label=lazy("Unique: no two people have the same value"), required=False
    )
    is_searchable = forms.BooleanField(label=lazy("Found by the search"), required=False)
    is_visible = forms.BooleanField(label=lazy("Customers see it"), required=False)
    is_editable = forms.BooleanField(label=lazy("Customers may edit it"), required=False)

    def __init__(self, *args: Any, field: CustomField | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if field is not None:
            self.fields["kind"].disabled = True
            if field.kind not in WITH_OPTIONS:
                del self.fields["options"]

    @property
    def values(self) -> dict[str, Any]:
        return {
            key: value
            for key, value in self.cleaned_data.items()
            if key in {"label_en", "help_text", "options", *FLAGS}
        }


def _shown(field: CustomField) -> dict[str, Any]:
    """What the form shows, and the version of the field that it shows."""
    names = ("label", "label_en", "kind", "help_text", *FLAGS)
    values = {name: getattr(field, name) for name in names}
    lines = [f"{one['value']} = {one['label']}" for one in field.options]
    return values | {"options": "\n".join(lines), "version": field.version}


@backoffice("customers.view_customfield")
@require_http_methods(["GET", "POST"])
def custom_field_list(request: StaffRequest) -> HttpResponse:
    return CustomFieldIndex(request).response()


@backoffice("customers.add_customfield")
@require_http_methods(["GET", "POST"])
def custom_field_new(request: StaffRequest) -> HttpResponse:
    return _form(request, None)


@backoffice("customers.change_customfield")
@require_http_methods(["GET", "POST"])
def custom_field_edit(request: StaffRequest, pk: int) -> HttpResponse:
    return _form(request, custom_field_of(pk))


def _form(request: StaffRequest, field: CustomField | None) -> HttpResponse:
    def save(form: CustomFieldForm, seen: Shown | None) -> CustomField:
        label, kind = form.cleaned_data["label"], form.cleaned_data["kind"]
        if field is None:
            return custom_field_create(
                label=label, kind=kind, values=form.values, by=request.user, request=request
            )
        return custom_field_update(
            field=field,
            version=whole(str((seen or {}).get("version", ""))),
            label=label,
            values=form.values,
            by=request.user,
            request=request,
        )

    return RowForm(
        row=field,
        shown=(lambda: _shown(custom_field_of(field.pk))) if field else None,
        make=lambda data, initial: CustomFieldForm(data, initial=initial, field=field),
        page=lambda form: _page(form, field),
        save=save,
        done=_("The field was saved."),
        leads_to=lambda _saved: reverse("customers:custom_fields"),
    ).response(request)


def _page(form: CustomFieldForm, field: CustomField | None) -> FormPage:
    return FormPage(
        form,
        title=_("Edit the field") if field else _("New field"),
        back=Link(_("Custom fields"), reverse("customers:custom_fields")),
        submit=_("Save field"),
        sections=[
            Section(
                _("The field"),
                _("Its type stays as it is once the field is made."),
                ["label", "label_en", "kind", Wide("help_text", 3), Wide("options", 3)],
            ),
            Section(_("How it works"), "", [Wide(name, 3) for name in SHOWN_FLAGS]),
        ],
    )


@backoffice("customers.change_customfield")
@require_POST
def custom_field_step(request: StaffRequest, pk: int, direction: str) -> HttpResponse:
    custom_field_move(
        field=custom_field_of(pk), up=direction == "up", by=request.user, request=request
    )
    return redirect(f"{reverse('customers:custom_fields')}#field-{pk}")


@backoffice("customers.change_customfield")
@require_POST
def custom_field_switch(request: StaffRequest, pk: int) -> HttpResponse:
    """Disable an enabled field, enable a disabled one."""
    field = custom_field_of(pk)
    change = custom_field_enable if field.disabled_at else custom_field_disable
    try:
        change(field=field, by=request.user, request=request)
    except DomainError as refusal:
        toast(request, refusal.message, level="error")
    return redirect("customers:custom_fields")


@backoffice("customers.delete_customfield")
@require_http_methods(["GET", "POST"])
def custom_field_remove(request: StaffRequest, pk: int) -> HttpResponse:
    field = custom_field_of(pk)
    if confirmed(request, phrase=field.label):
        try:
            custom_field_delete(field=field, by=request.user, request=request)
            toast(request, _("The field was deleted. Its values are being taken out."))
        except DomainError as refusal:
            toast(request, refusal.message, level="error")
        return redirect("customers:custom_fields")
    return confirm_response(
        request,
        title=_("Delete the field “%(label)s”") % {"label": field.label},
        text=_("Its values are taken out of all records. There is no way back."),
        submit=_("Delete field"),
        back=reverse("customers:custom_fields"),
        phrase=field.label,
    )
