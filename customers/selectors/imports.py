"""Reading imports."""

from customers.models import ImportBatch


def imports_recent(*, limit: int) -> list[ImportBatch]:
    return list(ImportBatch.objects.order_by("-created_at", "-id")[:limit])


def imports_to_review(*, limit: int) -> list[ImportBatch]:
    """Those whose plan is ready and waits for a person."""
    rows = ImportBatch.objects.filter(state=ImportBatch.State.REVIEW)
    return list(rows.order_by("-created_at", "-id")[:limit])


def imports_found(text: str, limit: int) -> list[ImportBatch]:
    rows = ImportBatch.objects.filter(file_name__icontains=text)
    return list(rows.order_by("-created_at", "-id")[:limit])
