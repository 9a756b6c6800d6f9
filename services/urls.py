"""Addresses of devices in services and of the services' consoles, in two portals."""

from django.urls import path

from services.pages import act_views, claim_views, code_views, console_views, device_views, history_views, swap_views
from services.pages import copy_views as copies
from services.pages import reseller_upload_views as reseller_uploads
from services.pages import reseller_views as resellers
from services.pages import thing_views as things

urlpatterns = [
    # Knox MSP Portal
    path("customers/<str:kcs_id>/devices/<int:pk>/", device_views.customer_device, name="customer-device"),
    path(
        "customers/<str:kcs_id>/devices/<int:pk>/agent/",
        device_views.customer_device_agent,
        name="customer-device-agent",
    ),
    # resellers of a customer, with what their devices get
    path("customers/<str:kcs_id>/resellers/", resellers.customer_resellers, name="customer-resellers"),
    path("customers/<str:kcs_id>/resellers/<int:pk>/", resellers.customer_reseller, name="customer-reseller"),
    path(
        "customers/<str:kcs_id>/resellers/<int:pk>/preferences/",
        resellers.customer_reseller_preferences,
        name="customer-reseller-preferences",
    ),
    # consoles of services: claims, swaps
    path("customers/<str:kcs_id>/<slug:slug>/claims/", claim_views.customer_claims, name="customer-claims"),
    path(
        "customers/<str:kcs_id>/<slug:slug>/claims/export/",
        claim_views.customer_claims_export,
        name="customer-claims-export",
    ),
    path("customers/<str:kcs_id>/<slug:slug>/claims/new/", claim_views.customer_claim_new, name="customer-claim-new"),
    path("customers/<str:kcs_id>/<slug:slug>/claims/<int:pk>/", claim_views.customer_claim, name="customer-claim"),
    path("customers/<str:kcs_id>/<slug:slug>/swap/<int:pk>/", swap_views.customer_swap, name="customer-swap"),
    # consoles of services: devices, actions, history
    path("customers/<str:kcs_id>/<slug:slug>/", console_views.customer_console, name="customer-console"),
    path(
        "customers/<str:kcs_id>/<slug:slug>/act/<slug:action>/",
        act_views.customer_console_act,
        name="customer-console-act",
    ),
    path(
        "customers/<str:kcs_id>/<slug:slug>/history/",
        history_views.customer_console_history,
        name="customer-console-history",
    ),
    path("customers/<str:kcs_id>/<slug:slug>/enroll/", code_views.customer_console_code, name="customer-console-code"),
    # things of a service: profiles, campaigns, groups, plans, users
    path("customers/<str:kcs_id>/<slug:slug>/things/<slug:kind>/", things.customer_things, name="customer-things"),
    path(
        "customers/<str:kcs_id>/<slug:slug>/things/<slug:kind>/add/",
        things.customer_thing_add,
        name="customer-thing-add",
    ),
    path(
        "customers/<str:kcs_id>/<slug:slug>/things/<slug:kind>/<int:pk>/", things.customer_thing, name="customer-thing"
    ),
    path(
        "customers/<str:kcs_id>/<slug:slug>/things/<slug:kind>/<int:pk>/edit/",
        things.customer_thing_edit,
        name="customer-thing-edit",
    ),
    path(
        "customers/<str:kcs_id>/<slug:slug>/things/<slug:kind>/<int:pk>/delete/",
        things.customer_thing_delete,
        name="customer-thing-delete",
    ),
    path(
        "customers/<str:kcs_id>/<slug:slug>/things/<slug:kind>/<int:pk>/end/",
        things.customer_thing_end,
        name="customer-thing-end",
    ),
    path(
        "customers/<str:kcs_id>/<slug:slug>/things/<slug:kind>/<int:pk>/copyable/",
        copies.thing_copyable,
        name="customer-thing-copyable",
    ),
    path(
        "customers/<str:kcs_id>/<slug:slug>/things/<slug:kind>/<int:pk>/copy/",
        copies.thing_copy,
        name="customer-thing-copy",
    ),
    # Knox Admin Portal
    path("admin-portal/devices/<int:pk>/", device_views.own_device, name="admin-portal-device"),
    path("admin-portal/devices/<int:pk>/agent/", device_views.own_device_agent, name="admin-portal-device-agent"),
    path("admin-portal/resellers/", resellers.own_resellers, name="admin-portal-resellers"),
    path("admin-portal/resellers/<int:pk>/", resellers.own_reseller, name="admin-portal-reseller"),
    path(
        "admin-portal/resellers/<int:pk>/preferences/",
        resellers.own_reseller_preferences,
        name="admin-portal-reseller-preferences",
    ),
    # Knox Reseller Portal
    path("reseller/upload/", reseller_uploads.reseller_upload_new, name="reseller-upload-new"),
    # consoles, in the Knox Admin Portal
    path("admin-portal/<slug:slug>/claims/", claim_views.own_claims, name="admin-portal-claims"),
    path("admin-portal/<slug:slug>/claims/export/", claim_views.own_claims_export, name="admin-portal-claims-export"),
    path("admin-portal/<slug:slug>/claims/new/", claim_views.own_claim_new, name="admin-portal-claim-new"),
    path("admin-portal/<slug:slug>/claims/<int:pk>/", claim_views.own_claim, name="admin-portal-claim"),
    path("admin-portal/<slug:slug>/swap/<int:pk>/", swap_views.own_swap, name="admin-portal-swap"),
    path("admin-portal/<slug:slug>/", console_views.own_console, name="admin-portal-console"),
    path("admin-portal/<slug:slug>/act/<slug:action>/", act_views.own_console_act, name="admin-portal-console-act"),
    path("admin-portal/<slug:slug>/enroll/", code_views.own_console_code, name="admin-portal-console-code"),
    path("admin-portal/<slug:slug>/history/", history_views.own_console_history, name="admin-portal-console-history"),
    path("admin-portal/<slug:slug>/things/<slug:kind>/", things.own_things, name="admin-portal-things"),
    path("admin-portal/<slug:slug>/things/<slug:kind>/add/", things.own_thing_add, name="admin-portal-thing-add"),
    path("admin-portal/<slug:slug>/things/<slug:kind>/<int:pk>/", things.own_thing, name="admin-portal-thing"),
    path(
        "admin-portal/<slug:slug>/things/<slug:kind>/<int:pk>/edit/",
        things.own_thing_edit,
        name="admin-portal-thing-edit",
    ),
    path(
        "admin-portal/<slug:slug>/things/<slug:kind>/<int:pk>/delete/",
        things.own_thing_delete,
        name="admin-portal-thing-delete",
    ),
    path(
        "admin-portal/<slug:slug>/things/<slug:kind>/<int:pk>/end/", things.own_thing_end, name="admin-portal-thing-end"
    ),
]
