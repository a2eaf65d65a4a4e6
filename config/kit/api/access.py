"""From a request's id to a row."""

from uuid import UUID

from django.shortcuts import get_object_or_404

from config.kit.api.models import ApiToken


def token_or_404(public_id: UUID) -> ApiToken:
    return get_object_or_404(ApiToken, public_id=public_id)
