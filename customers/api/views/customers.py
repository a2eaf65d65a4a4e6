"""People: the list, one record, create, change, trash and restore, tags and categories of one."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as noop
from ninja import Query, Router

from config.kit.api.door import BearerToken
from customers.api.listing import page_of
from customers.api.reading import (
    address_of,
    categories_of,
    customer_of_code_or_404,
    customer_or_404,
    etag,
    profile_of,
    version_in,
    writable_or_404,
)
from customers.api.schemas import (
    CategoryCodes,
    CustomerIn,
    CustomerOut,
    CustomerPage,
    CustomerPatch,
    CustomerQuery,
    TagNames,
)
from customers.models import Customer
from customers.selectors.portraits import portrait_of, tag_found
from customers.services.categories import category_assign
from customers.services.programs import customer_create_by_program, customer_update_by_program
from customers.services.status import customer_restore, customer_trash
from customers.services.tags import tag_add, tag_remove

router = Router(tags=["Customers"])
READ, WRITE = BearerToken("customers:read"), BearerToken("customers:write")
IF_MATCH = {
    "parameters": [
        {
            "name": "If-Match",
            "in": "header",
            "required": True,
            "schema": {"type": "string"},
            "description": noop("The version that was read, in quotes, or `*`."),
        }
    ]
}


def _told(customer: Customer, response: HttpResponse) -> dict[str, object]:
    told = portrait_of(customer)
    response["ETag"] = etag(told["version"])
    return told


@router.get(
    "",
    auth=READ,
    response=CustomerPage,
    operation_id="customers_list",
    summary=noop("List customers"),
    description=noop(
        "The search and filters of the list in the back office; those that other parts add, such "
        "as `target` (a slug), work too. Pages follow each other by cursor."
    ),
)
def customer_list(request: HttpRequest, asked: Query[CustomerQuery]) -> dict[str, object]:
    return page_of(request, asked)


@router.post(
    "",
    auth=WRITE,
    response={201: CustomerOut},
    operation_id="customers_create",
    summary=noop("Create a customer"),
)
def customer_new(
    request: HttpRequest, sent: CustomerIn, response: HttpResponse
) -> dict[str, object]:
    customer = customer_create_by_program(
        profile=profile_of(sent),
        external_ids=[(one.system, one.value) for one in sent.external_ids],
        tags=sent.tags,
        categories=categories_of(sent.categories or []),
        address=address_of(sent),
        registration_code=sent.registration_code,
        request=request,
    )
    response["Location"] = f"{request.path.rstrip('/')}/{customer.public_id}"
    return _told(customer, response)


@router.get(
    "/by-external-id/{system}/{value}",
    auth=READ,
    response=CustomerOut,
    operation_id="customers_get_by_external_id",
    summary=noop("Get a customer by their id in another system"),
)
def customer_by_code(
    request: HttpRequest, system: str, value: str, response: HttpResponse
) -> dict[str, object]:
    return _told(customer_of_code_or_404(system, value), response)


@router.get(
    "/{uuid:public_id}",
    auth=READ,
    response=CustomerOut,
    operation_id="customers_get",
    summary=noop("Get a customer"),
    description=noop("The id of a record that was merged gives the record that it became."),
)
def customer_get(
    request: HttpRequest, public_id: UUID, response: HttpResponse
) -> dict[str, object]:
    return _told(customer_or_404(public_id), response)


@router.patch(
    "/{uuid:public_id}",
    auth=WRITE,
    response=CustomerOut,
    operation_id="customers_change",
    openapi_extra=IF_MATCH,
    summary=noop("Change a customer"),
    description=noop(
        "`If-Match` carries the version that was read; if somebody changed the record since, the "
        "answer is 412 and nothing is changed."
    ),
)
def customer_change(
    request: HttpRequest, public_id: UUID, sent: CustomerPatch, response: HttpResponse
) -> dict[str, object]:
    customer = customer_or_404(public_id)
    changed = customer_update_by_program(
        customer=customer,
        version=version_in(request, customer.version),
        profile=profile_of(sent, customer),
        categories=None if sent.categories is None else categories_of(sent.categories),
        address=address_of(sent),
        request=request,
    )
    return _told(changed, response)


@router.post(
    "/{uuid:public_id}/trash",
    auth=WRITE,
    response=CustomerOut,
    operation_id="customers_trash",
    summary=noop("Move a customer to the trash: out of lists, targets and mails"),
)
def customer_to_trash(
    request: HttpRequest, public_id: UUID, response: HttpResponse
) -> dict[str, object]:
    return _told(customer_trash(customer=customer_or_404(public_id), request=request), response)


@router.post(
    "/{uuid:public_id}/restore",
    auth=WRITE,
    response=CustomerOut,
    operation_id="customers_restore",
    summary=noop("Take a customer out of the trash"),
)
def customer_from_trash(
    request: HttpRequest, public_id: UUID, response: HttpResponse
) -> dict[str, object]:
    return _told(customer_restore(customer=customer_or_404(public_id), request=request), response)


@router.post(
    "/{uuid:public_id}/tags",
    auth=WRITE,
    response=CustomerOut,
    operation_id="customers_tags_add",
    summary=noop("Put tags on a customer; those that do not exist are made"),
)
def customer_tags_add(
    request: HttpRequest, public_id: UUID, sent: TagNames, response: HttpResponse
) -> dict[str, object]:
    customer = writable_or_404(public_id)
    tag_add(customer=customer, names=sent.names, request=request)
    return _told(customer, response)


@router.delete(
    "/{uuid:public_id}/tags/{int:tag_id}",
    auth=WRITE,
    response=CustomerOut,
    operation_id="customers_tags_remove",
    summary=noop("Take a tag off a customer; that it was not there is no error"),
)
def customer_tag_remove(
    request: HttpRequest, public_id: UUID, tag_id: int, response: HttpResponse
) -> dict[str, object]:
    customer = writable_or_404(public_id)
    tag = tag_found(tag_id)
    if tag is not None:
        tag_remove(customer=customer, tag=tag, request=request)
    return _told(customer, response)


@router.put(
    "/{uuid:public_id}/categories",
    auth=WRITE,
    response=CustomerOut,
    operation_id="customers_categories_set",
    summary=noop("Give a customer exactly these categories"),
)
def customer_categories_set(
    request: HttpRequest, public_id: UUID, sent: CategoryCodes, response: HttpResponse
) -> dict[str, object]:
    customer = writable_or_404(public_id)
    category_assign(
        customer=customer, categories=categories_of(sent.codes, "codes"), request=request
    )
    return _told(customer, response)
