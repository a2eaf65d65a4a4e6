from messaging.models.campaign import Campaign, CampaignContent, CampaignTarget, Link
from messaging.models.delivery import Delivery, SenderLease
from messaging.models.transactional import TransactionalMail

__all__ = [
    "Campaign",
    "CampaignContent",
    "CampaignTarget",
    "Delivery",
    "Link",
    "SenderLease",
    "TransactionalMail",
]
