"""Campaigns, messages, unsubscriptions."""

from django.urls import path

from messaging.backoffice.campaigns import actions, composer, preview, reach, report
from messaging.backoffice.campaigns import views as campaigns
from messaging.backoffice.messages import letters
from messaging.backoffice.messages import views as messages
from messaging.backoffice.unsubscriptions import views as unsubscriptions

app_name = "messaging"
urlpatterns = [
    path("messages/to/<uuid:public_id>/", letters.letter, name="letter"),
    path("campaigns/", campaigns.campaign_list, name="campaign-list"),
    path("campaigns/new/", composer.campaign_new, name="campaign-new"),
    path("campaigns/<uuid:public_id>/", report.campaign_page, name="campaign"),
    path("campaigns/<uuid:public_id>/live/", report.campaign_live, name="campaign-live"),
    path(
        "campaigns/<uuid:public_id>/edit/summary/",
        composer.campaign_summary,
        name="campaign-summary",
    ),
    path(
        "campaigns/<uuid:public_id>/edit/<slug:step>/", composer.campaign_edit, name="campaign-edit"
    ),
    path(
        "campaigns/<uuid:public_id>/preview/",
        preview.campaign_preview_frame,
        name="campaign-preview",
    ),
    path(
        "campaigns/<uuid:public_id>/preview/head/",
        preview.campaign_preview_head,
        name="campaign-preview-head",
    ),
    path(
        "campaigns/<uuid:public_id>/preview/people/",
        preview.campaign_people,
        name="campaign-people",
    ),
    path("campaigns/<uuid:public_id>/reach/", reach.campaign_reach, name="campaign-reach"),
    path("campaigns/<uuid:public_id>/test/", actions.campaign_test, name="campaign-test"),
    path("campaigns/<uuid:public_id>/send/", actions.campaign_send, name="campaign-send"),
    path(
        "campaigns/<uuid:public_id>/schedule/", actions.campaign_schedule, name="campaign-schedule"
    ),
    path(
        "campaigns/<uuid:public_id>/unschedule/",
        actions.campaign_unschedule,
        name="campaign-unschedule",
    ),
    path("campaigns/<uuid:public_id>/pause/", actions.campaign_pause, name="campaign-pause"),
    path("campaigns/<uuid:public_id>/resume/", actions.campaign_resume, name="campaign-resume"),
    path("campaigns/<uuid:public_id>/cancel/", actions.campaign_cancel, name="campaign-cancel"),
    path("campaigns/<uuid:public_id>/clone/", actions.campaign_clone, name="campaign-clone"),
    path("campaigns/<uuid:public_id>/delete/", actions.campaign_delete, name="campaign-delete"),
    path("campaigns/<uuid:public_id>/unknown/", actions.campaign_unknown, name="campaign-unknown"),
    path("campaigns/<uuid:public_id>/<slug:panel>/", report.campaign_panel, name="campaign-panel"),
    path("messages/", messages.message_list, name="message-list"),
    path("messages/<int:pk>/", messages.message, name="message"),
    path("messages/<int:pk>/content/", messages.message_content, name="message-content"),
    path("unsubscriptions/", unsubscriptions.unsubscription_list, name="unsubscription-list"),
    path("unsubscriptions/blocked/", unsubscriptions.suppression_list, name="suppression-list"),
    path("unsubscriptions/blocked/new/", unsubscriptions.suppression_new, name="suppression-add"),
    path(
        "unsubscriptions/blocked/<int:pk>/remove/",
        unsubscriptions.suppression_delete,
        name="suppression-remove",
    ),
    path(
        "unsubscriptions/<uuid:public_id>/resubscribe/",
        unsubscriptions.resubscribe,
        name="resubscribe",
    ),
]
