"""What a form is bound to."""

from django.http import HttpRequest, QueryDict


def posted(request: HttpRequest) -> QueryDict | None:
    """The data of a POST, an empty one too; None for a page that is only looked at."""
    return request.POST if request.method == "POST" else None
