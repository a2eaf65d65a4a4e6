"""Settings: tags and categories."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from config.kit.access import StaffRequest, backoffice
from config.kit.errors import DomainError
from config.kit.pages import (
    FormPage,
    Link,
    RowForm,
    Section,
    Shown,
    Wide,
    confirm_response,
    confirmed,
    formats,
    toast,
)
from customers.access import category_of, tag_of
from customers.backoffice.label_indexes import CategoryIndex, TagIndex, filling_choices
from customers.models import Category, Tag
from customers.registry import usages_of
from customers.services.categories import (
    category_check_unused,
    category_delete,
    category_save,
    category_values,
)
from customers.services.tags import tag_delete, tag_save, tag_values

COLOURS = (
    ("1", lazy("Petrol")),
    ("2", lazy("Copper")),
    ("3", lazy("Plum")),
    ("4", lazy("Olive")),
    ("5", lazy("Slate")),
)


class TagForm(forms.Form):
    name = forms.CharField(label=lazy("Name"), max_length=80)
    color = forms.ChoiceField(label=lazy("Colour"), choices=COLOURS, initial="1")


class CategoryForm(forms.Form):
    name = forms.CharField(label=lazy("Name"), max_length=120)
    code = forms.SlugField(
        label=lazy("Code"),
        max_length=60,
        required=False,
        help_text=lazy("Prices, promotions and files name the category by it. It does not change."),
    )
    description = forms.CharField(
        label=lazy("Description"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    filled_by = forms.ChoiceField(
        label=lazy("Who has it"),
        required=False,
        choices=filling_choices,
        help_text=lazy(
            "Filled by a target, it always has exactly the people of the target, and nobody gives "
            "or takes it by hand."
        ),
    )

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].disabled = not is_new


@backoffice("customers.view_tag")
@require_http_methods(["GET", "POST"])
def tag_list(request: StaffRequest) -> HttpResponse:
    return TagIndex(request).response()


@backoffice("customers.add_tag")
@require_http_methods(["GET", "POST"])
def tag_new(request: StaffRequest) -> HttpResponse:
    return _tag_form(request, None)


@backoffice("customers.change_tag")
@require_http_methods(["GET", "POST"])
def tag_edit(request: StaffRequest, pk: int) -> HttpResponse:
    return _tag_form(request, tag_of(pk))


def _tag_form(request: StaffRequest, tag: Tag | None) -> HttpResponse:
    def save(form: TagForm, seen: Shown | None) -> None:
        name, color = form.cleaned_data["name"], int(form.cleaned_data["color"])
        tag_save(name=name, color=color, tag=tag, seen=seen, by=request.user, request=request)

    return RowForm(
        row=tag,
        shown=(lambda: tag_values(tag_of(tag.pk))) if tag else None,
        make=lambda data, initial: TagForm(data, initial=initial),
        page=lambda form: FormPage(
            form,
            title=_("Edit the tag") if tag else _("New tag"),
            back=Link(_("Tags"), reverse("customers:tags")),
            submit=_("Save tag"),
        ),
        save=save,
        done=_("The tag was saved."),
        leads_to=lambda _saved: reverse("customers:tags"),
    ).response(request)


@backoffice("customers.delete_tag")
@require_http_methods(["GET", "POST"])
def tag_remove_everywhere(request: StaffRequest, pk: int) -> HttpResponse:
    tag = tag_of(pk)
    if confirmed(request):
        try:
            tag_delete(tag=tag, by=request.user, request=request)
            toast(request, _("The tag was deleted."))
        except DomainError as refusal:
            toast(request, refusal.message, level="error")
        return redirect("customers:tags")
    return confirm_response(
        request,
        title=_("Delete the tag “%(name)s”") % {"name": tag.name},
        text=_tag_consequence(tag),
        submit="" if usages_of("tag", tag) else _("Delete tag"),
        back=reverse("customers:tags"),
    )


def _tag_consequence(tag: Tag) -> str:
    used = usages_of("tag", tag)
    if used:
        return _("It cannot be deleted: it is used by %(names)s.") % {"names": ", ".join(used)}
    people = tag.taggings.count()
    return ngettext("It is taken from %(n)s person.", "It is taken from %(n)s people.", people) % {
        "n": formats.number(people)
    }


@backoffice("customers.view_category")
@require_http_methods(["GET", "POST"])
def category_list(request: StaffRequest) -> HttpResponse:
    return CategoryIndex(request).response()


@backoffice("customers.add_category")
@require_http_methods(["GET", "POST"])
def category_new(request: StaffRequest) -> HttpResponse:
    return _category_form(request, None)


@backoffice("customers.change_category")
@require_http_methods(["GET", "POST"])
def category_edit(request: StaffRequest, pk: int) -> HttpResponse:
    return _category_form(request, category_of(pk))


def _category_form(request: StaffRequest, category: Category | None) -> HttpResponse:
    def save(form: CategoryForm, seen: Shown | None) -> None:
        category_save(
            **form.cleaned_data, category=category, seen=seen, by=request.user, request=request
        )

    return RowForm(
        row=category,
        shown=(lambda: category_values(category_of(category.pk))) if category else None,
        make=lambda data, initial: CategoryForm(data, initial=initial, is_new=category is None),
        page=lambda form: FormPage(
            form,
            title=_("Edit the category") if category else _("New category"),
            back=Link(_("Categories"), reverse("customers:categories")),
            submit=_("Save category"),
            sections=[Section("", "", ["name", "code", "filled_by", Wide("description", 3)])],
        ),
        save=save,
        done=_("The category was saved."),
        leads_to=lambda _saved: reverse("customers:categories"),
    ).response(request)


@backoffice("customers.delete_category")
@require_http_methods(["GET", "POST"])
def category_remove(request: StaffRequest, pk: int) -> HttpResponse:
    category = category_of(pk)
    if confirmed(request):
        try:
            category_delete(category=category, by=request.user, request=request)
            toast(request, _("The category was deleted."))
        except DomainError as refusal:
            toast(request, refusal.message, level="error")
        return redirect("customers:categories")
    text, submit = _("Nobody has it and nothing uses it."), _("Delete category")
    try:
        category_check_unused(category=category)
    except DomainError as refusal:
        text, submit = refusal.message, ""
    return confirm_response(
        request,
        title=_("Delete the category “%(name)s”") % {"name": category.name},
        text=text,
        submit=submit,
        back=reverse("customers:categories"),
    )
