from messaging.models.campaign import Campaign, CampaignContent, CampaignTarget, Link
from messaging.models.delivery import Delivery, SenderLease

__all__ = ["Campaign", "CampaignContent", "CampaignTarget", "Delivery", "Link", "SenderLease"]
