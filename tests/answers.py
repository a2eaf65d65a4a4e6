"""What a page or a route answers a test, with what Django's test client adds to it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer
else:
    from django.http.response import HttpResponseBase as Answer

__all__ = ["Answer"]
