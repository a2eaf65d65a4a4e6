"""The list of campaigns."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from config.kit.access import StaffRequest, backoffice
from messaging.backoffice.campaigns.index import CampaignIndex


@backoffice("messaging.view_campaign")
@require_GET
def campaign_list(request: StaffRequest) -> HttpResponse:
    return CampaignIndex(request).response()
