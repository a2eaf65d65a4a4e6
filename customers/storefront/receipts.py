"""The receipts of what a person agreed to, for themselves."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from customers.access import statement_of
from customers.privacy.paper import pdf_response
from customers.privacy.receipt import receipt_name, receipt_pdf
from customers.selectors.receipts import Receipt, receipt_of
from customers.storefront.access import AccountRequest, account
from customers.storefront.pages import with_nav


@account
@require_safe
def receipt(request: AccountRequest, pk: int) -> HttpResponse:
    return render(
        request, "account/receipt.html", with_nav("consents", receipt=_receipt(request, pk))
    )


@account
@require_safe
def receipt_file(request: AccountRequest, pk: int) -> HttpResponse:
    found = _receipt(request, pk)
    return pdf_response(receipt_pdf(found, for_staff=False), receipt_name(found))


def _receipt(request: AccountRequest, pk: int) -> Receipt:
    return receipt_of(request.customer, statement_of(request.customer, pk))
