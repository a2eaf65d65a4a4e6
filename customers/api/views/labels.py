"""Tags and categories."""

from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext_noop as noop
from ninja import Router

from config.kit.api.door import BearerToken
from customers.api.schemas import CategoryIn, CategoryOut, CategoryPatch, TagIn, TagOut
from customers.models import Category, Tag
from customers.selectors.portraits import categories_all, categories_by_code, tag_found, tags_all
from customers.services.categories import category_delete, category_save
from customers.services.tags import tag_delete, tag_save

tags = Router(tags=["Tags"])
categories = Router(tags=["Categories"])
READ, WRITE = BearerToken("labels:read"), BearerToken("labels:write")


def _tag(pk: int) -> Tag:
    tag = tag_found(pk)
    if tag is None:
        raise Http404
    return tag


def _category(code: str) -> Category:
    category = categories_by_code([code]).get(code)
    if category is None:
        raise Http404
    return category


@tags.get(
    "",
    auth=READ,
    response=list[TagOut],
    operation_id="tags_list",
    summary=noop("List all tags, by name"),
)
def tag_list(request: HttpRequest) -> Any:
    return tags_all()


@tags.post(
    "",
    auth=WRITE,
    response={201: TagOut},
    operation_id="tags_create",
    summary=noop("Create a tag"),
)
def tag_new(request: HttpRequest, sent: TagIn) -> Any:
    return tag_save(name=sent.name, color=sent.color, request=request)


@tags.patch(
    "/{int:tag_id}",
    auth=WRITE,
    response=TagOut,
    operation_id="tags_change",
    summary=noop("Rename or recolour a tag; people keep it"),
)
def tag_change(request: HttpRequest, tag_id: int, sent: TagIn) -> Any:
    return tag_save(name=sent.name, color=sent.color, tag=_tag(tag_id), request=request)


@tags.delete(
    "/{int:tag_id}",
    auth=WRITE,
    response={204: None},
    operation_id="tags_delete",
    summary=noop("Delete a tag and take it off everyone; refused while something asks for it"),
)
def tag_remove(request: HttpRequest, tag_id: int) -> None:
    tag_delete(tag=_tag(tag_id), request=request)


@categories.get(
    "",
    auth=READ,
    response=list[CategoryOut],
    operation_id="categories_list",
    summary=noop("List all categories, by code"),
)
def category_list(request: HttpRequest) -> Any:
    return categories_all()


@categories.post(
    "",
    auth=WRITE,
    response={201: CategoryOut},
    operation_id="categories_create",
    summary=noop("Create a category. Without a code it is made of the name; it never changes"),
)
def category_new(request: HttpRequest, sent: CategoryIn) -> Any:
    return category_save(
        name=sent.name, code=sent.code, description=sent.description, request=request
    )


@categories.patch(
    "/{slug:code}",
    auth=WRITE,
    response=CategoryOut,
    operation_id="categories_change",
    summary=noop("Change the name and description of a category"),
)
def category_change(request: HttpRequest, code: str, sent: CategoryPatch) -> Any:
    return category_save(
        name=sent.name, description=sent.description, category=_category(code), request=request
    )


@categories.delete(
    "/{slug:code}",
    auth=WRITE,
    response={204: None},
    operation_id="categories_delete",
    summary=noop("Delete a category that nobody has and nothing asks for"),
)
def category_remove(request: HttpRequest, code: str) -> None:
    category_delete(category=_category(code), request=request)
