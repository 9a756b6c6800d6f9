"""Every address. tests/architecture/routes.py says who may open each."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path, re_path

from devices.pages import app_views, approval_views, bulk_act_views, bulk_views
from devices.pages import catalog_views as catalog
from devices.pages import customer_reseller_views as customer_resellers
from devices.pages import inventory_views as inventory
from devices.pages import reseller_device_views as reseller_devices
from devices.pages import reseller_upload_views as reseller_uploads
from devices.pages import reseller_views as reseller
from devices.pages import upload_list_views as upload_lists
from devices.pages import upload_views as uploads
from licensing import (
    company_views,
    license_act_views,
    license_list_views,
    license_views,
    order_views,
    reseller_key_views,
    reseller_views,
    samsung_views,
    seat_views,
)
from mail import views as mail
from onboarding import link_views
from onboarding import views as onboarding
from portals import (
    activity,
    admin,
    alert_views,
    dashboard,
    email_pages,
    export_pages,
    health,
    launcher,
    msp,
    own_sessions,
    refusals,
    relations,
    samsung,
    samsung_dashboard,
    samsung_msps,
)
from services import agent_views
from services.pages import act_views, claim_views, code_views, console_views, device_views, history_views, swap_views
from services.pages import copy_views as copies
from services.pages import thing_views as things
from support.pages import deletion_views, ticket_views
from support.pages import samsung_views as samsung_tickets
from tenants.pages import join_views, people_urls, rights_views, role_views

urlpatterns: list[URLPattern | URLResolver] = [
    # what devices call: first, as it is asked most often
    path("agent/v1/enroll", agent_views.enroll, name="agent-enroll"),
    path("agent/v1/checkin", agent_views.checkin, name="agent-checkin"),
    path("agent/v1/report", agent_views.report, name="agent-report"),
    path("agent/v1/schema", agent_views.schema, name="agent-schema"),
    path("", launcher.knox_dashboard, name="knox-dashboard"),
    path("healthz", health.healthz, name="healthz"),
    path("launch/<str:portal>/<int:organization_id>/", launcher.launch, name="launch"),
    path("preferences/", launcher.preferences_page, name="preferences"),
    path("rights/", rights_views.my_rights, name="my-rights"),
    path("switch/", rights_views.switcher, name="switcher"),
    path("preferences/email/", email_pages.email_settings, name="email-settings"),
    path("email/stop/<str:token>/", email_pages.email_stop, name="email-stop"),
    path("terms/<str:name>/", launcher.document, name="terms"),
    path("accounts/sessions/<int:pk>/end/", own_sessions.session_end, name="session-end"),
    path("accounts/", include("allauth.urls")),
    # applicants and invited people
    path("apply/sent/", onboarding.apply_sent, name="apply-sent"),
    path("apply/<str:program>/", onboarding.apply, name="apply"),
    path("apply/confirm/<str:token>/", onboarding.application_confirm, name="application-confirm"),
    path("applications/<uuid:pk>/", onboarding.application, name="application"),
    path("join/<str:token>/", onboarding.invitation, name="invitation"),
    path("invitations/<str:token>/", join_views.join, name="administrator-join"),
    # administrators and roles
    *people_urls.routes(),
    path("roles/", role_views.role_list, name="roles"),
    path("roles/add/", role_views.role_add, name="role-add"),
    path("roles/<int:pk>/", role_views.role, name="role"),
    path("roles/<int:pk>/delete/", role_views.role_delete, name="role-delete"),
    path("customers/<str:kcs_id>/why/", rights_views.why, name="customer-why"),
    # links in letters, for people without an account
    path("consent/<str:token>/", link_views.consent, name="consent"),
    path("delink/<str:token>/", link_views.delink, name="delink"),
    path("receipt/<str:token>/", link_views.receipt, name="receipt"),
    path("end/<str:token>/", link_views.end, name="management-end"),
    # a phone, by the code of its company
    path("enroll/<str:code>/", app_views.enroll, name="enroll"),
    # MSP Portal
    path("customers/", msp.customer_list, name="customer-list"),
    path("customers/add/", msp.customer_add, name="customer-add"),
    path("customers/export/", msp.customer_export, name="customer-export"),
    path("customers/existing/", relations.look_up, name="customer-existing"),
    path("customers/existing/ask/", relations.ask, name="request-ask"),
    path("customers/requests/", relations.request_list, name="request-list"),
    path("customers/requests/<int:pk>/again/", relations.request_again, name="request-again"),
    path("customers/requests/<int:pk>/withdraw/", relations.request_withdraw, name="request-withdraw"),
    path("customers/<str:kcs_id>/", msp.customer_page, name="customer"),
    path("customers/<str:kcs_id>/account/", msp.customer_edit, name="customer-edit"),
    path("customers/<str:kcs_id>/services/", msp.customer_services, name="customer-services"),
    path("customers/<str:kcs_id>/access/", relations.customer_access, name="customer-access"),
    path("customers/<str:kcs_id>/delink/", relations.customer_delink, name="customer-delink"),
    path("customers/<str:kcs_id>/delink/again/", relations.delink_again, name="delink-again"),
    path("customers/<str:kcs_id>/delink/take-back/", relations.delink_take_back, name="delink-take-back"),
    path("customers/<str:kcs_id>/delink/approve/", relations.delink_approve, name="delink-approve"),
    path("customers/<str:kcs_id>/delink/reject/", relations.delink_reject, name="delink-reject"),
    path("customers/<str:kcs_id>/receipt/", relations.customer_receipt, name="customer-receipt"),
    path("customers/<str:kcs_id>/uploads/", upload_lists.upload_list, name="upload-list"),
    path("customers/<str:kcs_id>/uploads/add/", uploads.upload_new, name="upload-new"),
    path("customers/<str:kcs_id>/uploads/export/", upload_lists.upload_export, name="upload-export"),
    path("customers/<str:kcs_id>/uploads/<int:upload_id>/", uploads.upload_page, name="upload"),
    path("customers/<str:kcs_id>/uploads/<int:upload_id>/lines/", uploads.upload_lines, name="upload-lines"),
    path("customers/<str:kcs_id>/uploads/<int:upload_id>/fix/", uploads.upload_fix, name="upload-fix"),
    path("customers/<str:kcs_id>/uploads/<int:upload_id>/apply/", uploads.upload_apply, name="upload-apply"),
    path("customers/<str:kcs_id>/uploads/<int:upload_id>/cancel/", uploads.upload_cancel, name="upload-cancel"),
    path("customers/<str:kcs_id>/uploads/<int:upload_id>/report/", uploads.upload_report, name="upload-report"),
    path("customers/<str:kcs_id>/approvals/", approval_views.customer_approvals, name="customer-approvals"),
    path("customers/<str:kcs_id>/approvals/<int:pk>/", approval_views.approval_page, name="approval"),
    path("customers/<str:kcs_id>/resellers/", customer_resellers.customer_resellers, name="customer-resellers"),
    path("customers/<str:kcs_id>/resellers/<int:pk>/", customer_resellers.customer_reseller, name="customer-reseller"),
    path("uploads/waiting/", approval_views.approval_queue, name="approval-queue"),
    path("customers/<str:kcs_id>/devices/", inventory.customer_devices, name="customer-devices"),
    path("customers/<str:kcs_id>/devices/tags/", bulk_views.customer_devices_tags, name="customer-devices-tags"),
    path("customers/<str:kcs_id>/devices/delete/", bulk_views.customer_devices_delete, name="customer-devices-delete"),
    path("customers/<str:kcs_id>/devices/export/", inventory.customer_devices_export, name="customer-devices-export"),
    path("customers/<str:kcs_id>/acts/<int:pk>/", bulk_act_views.customer_bulk_act, name="customer-bulk-act"),
    path("customers/<str:kcs_id>/devices/<int:pk>/", device_views.customer_device, name="customer-device"),
    path(
        "customers/<str:kcs_id>/devices/<int:pk>/agent/",
        device_views.customer_device_agent,
        name="customer-device-agent",
    ),
    path("devices/", inventory.all_devices, name="all-devices"),
    path("devices/export/", inventory.all_devices_export, name="all-devices-export"),
    path("customers/<str:kcs_id>/licenses/", license_list_views.customer_licenses, name="customer-licenses"),
    path(
        "customers/<str:kcs_id>/licenses/export/",
        license_list_views.customer_license_export,
        name="customer-license-export",
    ),
    path("customers/<str:kcs_id>/licenses/enter/", license_views.license_enter, name="license-enter"),
    path("customers/<str:kcs_id>/licenses/trial/", license_views.trial_start, name="trial-start"),
    path("customers/<str:kcs_id>/licenses/<int:pk>/", license_views.license_page, name="license"),
    path("customers/<str:kcs_id>/licenses/<int:pk>/key/", license_views.license_key, name="license-key"),
    path("customers/<str:kcs_id>/licenses/<int:pk>/name/", license_act_views.license_rename, name="license-rename"),
    path("customers/<str:kcs_id>/licenses/<int:pk>/extend/", license_act_views.license_extend, name="license-extend"),
    path("customers/<str:kcs_id>/licenses/<int:pk>/seats/", license_act_views.license_seats, name="license-seats"),
    path("customers/<str:kcs_id>/licenses/<int:pk>/fewer/", license_act_views.license_reduce, name="license-reduce"),
    path(
        "customers/<str:kcs_id>/licenses/<int:pk>/replace/", license_act_views.license_replace, name="license-replace"
    ),
    path("customers/<str:kcs_id>/licenses/<int:pk>/remove/", license_act_views.license_remove, name="license-remove"),
    path("customers/<str:kcs_id>/licenses/<int:pk>/devices/", seat_views.license_devices, name="license-devices"),
    path("customers/<str:kcs_id>/licenses/<int:pk>/assign/", seat_views.license_assign, name="license-assign"),
    path("customers/<str:kcs_id>/licenses/<int:pk>/release/", seat_views.license_release, name="license-release"),
    path("licenses/", license_list_views.license_list, name="license-list"),
    path("licenses/export/", license_list_views.license_export, name="license-export"),
    path("activity/", activity.msp_activity, name="activity"),
    path("activity/export/", activity.msp_activity_export, name="activity-export"),
    path("orders/", order_views.order_list, name="order-list"),
    path("orders/export/", order_views.order_export, name="order-export"),
    path("orders/new/", order_views.order_new, name="order-new"),
    path("orders/<int:pk>/", order_views.order_page, name="order"),
    path("orders/<int:pk>/accept/", order_views.order_accept, name="order-accept"),
    path("orders/<int:pk>/withdraw/", order_views.order_withdraw, name="order-withdraw"),
    path("orders/<int:pk>/key/", order_views.order_key, name="order-key"),
    path("customers/<str:kcs_id>/deletion/", deletion_views.deletion_ask, name="deletion-ask"),
    path("msp/", dashboard.msp_dashboard, name="msp-dashboard"),
    path("msp/recount/", dashboard.msp_dashboard_recount, name="msp-dashboard-recount"),
    path("msp/bell/", dashboard.msp_bell, name="msp-bell"),
    path("msp/alerts/export/", dashboard.alert_export, name="alert-export"),
    path("msp/alerts/<int:pk>/", alert_views.alert_page, name="alert"),
    path("msp/alerts/<int:pk>/<slug:act>/", alert_views.alert_act, name="alert-act"),
    path("palette/", msp.palette, name="palette"),
    path("exports/<uuid:pk>/", export_pages.export_page, name="export"),
    path("exports/<uuid:pk>/file/", export_pages.export_file, name="export-file"),
    # Samsung support, for every signed-in person
    path("tickets/", ticket_views.ticket_list, name="ticket-list"),
    path("tickets/export/", ticket_views.ticket_export, name="ticket-export"),
    path("tickets/open/", ticket_views.ticket_new, name="ticket-new"),
    path("tickets/<int:pk>/", ticket_views.ticket_page, name="ticket"),
    path("tickets/<int:pk>/reply/", ticket_views.ticket_reply, name="ticket-reply"),
    path("tickets/<int:pk>/close/", ticket_views.ticket_close, name="ticket-close"),
    path("tickets/<int:pk>/take-back/", ticket_views.deletion_withdraw, name="deletion-withdraw"),
    path("tickets/<int:pk>/files/<int:file_pk>/", ticket_views.ticket_file, name="ticket-file"),
    path("samsung/tickets/", samsung_tickets.ticket_queue, name="samsung-tickets"),
    path("samsung/tickets/export/", samsung_tickets.ticket_export, name="samsung-tickets-export"),
    path("samsung/tickets/<int:pk>/", samsung_tickets.ticket_page, name="samsung-ticket"),
    path("samsung/tickets/<int:pk>/answer/", samsung_tickets.ticket_answer, name="samsung-ticket-answer"),
    path("samsung/tickets/<int:pk>/assign/", samsung_tickets.ticket_assign, name="samsung-ticket-assign"),
    path("samsung/tickets/<int:pk>/close/", samsung_tickets.ticket_close, name="samsung-ticket-close"),
    path("samsung/tickets/<int:pk>/files/<int:file_pk>/", samsung_tickets.ticket_file, name="samsung-ticket-file"),
    path("samsung/tickets/<int:pk>/start/", samsung_tickets.deletion_start, name="samsung-deletion-start"),
    path("samsung/tickets/<int:pk>/approve/", samsung_tickets.deletion_approve, name="samsung-deletion-approve"),
    path("samsung/tickets/<int:pk>/reject/", samsung_tickets.deletion_reject, name="samsung-deletion-reject"),
    path("samsung/tickets/<int:pk>/undo/", samsung_tickets.deletion_undo, name="samsung-deletion-undo"),
    path("samsung/tickets/<int:pk>/carry-out/", samsung_tickets.carry_out, name="samsung-carry-out"),
    # the other portals
    path("reseller/", reseller.reseller_home, name="reseller-home"),
    path("reseller/customers/", reseller.reseller_customers, name="reseller-customers"),
    path("reseller/customers/add/", reseller.reseller_customer_add, name="reseller-customer-add"),
    path("reseller/customers/export/", reseller.reseller_customers_export, name="reseller-customers-export"),
    path("reseller/upload/", reseller_uploads.reseller_upload_new, name="reseller-upload-new"),
    path("reseller/upload/bulk/", reseller_uploads.reseller_upload_bulk, name="reseller-upload-bulk"),
    path("reseller/upload/template/", reseller_uploads.reseller_upload_template, name="reseller-upload-template"),
    path("reseller/uploads/", reseller_uploads.reseller_uploads, name="reseller-uploads"),
    path("reseller/uploads/export/", reseller_uploads.reseller_uploads_export, name="reseller-uploads-export"),
    path("reseller/uploads/<int:upload_id>/", reseller_uploads.reseller_upload, name="reseller-upload"),
    path(
        "reseller/uploads/<int:upload_id>/lines/", reseller_uploads.reseller_upload_lines, name="reseller-upload-lines"
    ),
    path("reseller/uploads/<int:upload_id>/fix/", reseller_uploads.reseller_upload_fix, name="reseller-upload-fix"),
    path(
        "reseller/uploads/<int:upload_id>/apply/", reseller_uploads.reseller_upload_apply, name="reseller-upload-apply"
    ),
    path(
        "reseller/uploads/<int:upload_id>/cancel/",
        reseller_uploads.reseller_upload_cancel,
        name="reseller-upload-cancel",
    ),
    path(
        "reseller/uploads/<int:upload_id>/report/",
        reseller_uploads.reseller_upload_report,
        name="reseller-upload-report",
    ),
    path(
        "reseller/uploads/<int:upload_id>/delete/",
        reseller_devices.reseller_upload_delete,
        name="reseller-upload-delete",
    ),
    path("reseller/devices/", reseller_devices.reseller_devices, name="reseller-devices"),
    path("reseller/devices/export/", reseller_devices.reseller_devices_export, name="reseller-devices-export"),
    path("reseller/devices/delete/", reseller_devices.reseller_devices_delete, name="reseller-devices-delete"),
    path(
        "reseller/devices/delete-list/",
        reseller_devices.reseller_devices_delete_list,
        name="reseller-devices-delete-list",
    ),
    path("reseller/activity/", activity.reseller_activity, name="reseller-activity"),
    path("reseller/activity/export/", activity.reseller_activity_export, name="reseller-activity-export"),
    path("admin-portal/activity/", activity.company_activity, name="admin-portal-activity"),
    path("admin-portal/activity/export/", activity.company_activity_export, name="admin-portal-activity-export"),
    path("admin-portal/", admin.admin_portal_home, name="admin-portal-home"),
    path("admin-portal/end/", admin.end_management, name="admin-portal-end"),
    path("admin-portal/end/ask/", admin.ask_for_end, name="admin-portal-ask-end"),
    path("admin-portal/devices/", inventory.own_devices, name="admin-portal-devices"),
    path("admin-portal/devices/tags/", bulk_views.own_devices_tags, name="admin-portal-devices-tags"),
    path("admin-portal/devices/delete/", bulk_views.own_devices_delete, name="admin-portal-devices-delete"),
    path("admin-portal/devices/export/", inventory.own_devices_export, name="admin-portal-devices-export"),
    path("admin-portal/acts/<int:pk>/", bulk_act_views.own_bulk_act, name="admin-portal-bulk-act"),
    path("admin-portal/devices/<int:pk>/", device_views.own_device, name="admin-portal-device"),
    path("admin-portal/devices/<int:pk>/agent/", device_views.own_device_agent, name="admin-portal-device-agent"),
    path("admin-portal/resellers/", customer_resellers.own_resellers, name="admin-portal-resellers"),
    path("admin-portal/resellers/<int:pk>/", customer_resellers.own_reseller, name="admin-portal-reseller"),
    path("admin-portal/deployment-app/", app_views.deployment_app_page, name="deployment-app"),
    path("admin-portal/approvals/", approval_views.own_approvals, name="admin-portal-approvals"),
    path("admin-portal/approvals/<int:pk>/", approval_views.own_approval, name="admin-portal-approval"),
    path("license-reseller/activity/", activity.license_reseller_activity, name="license-reseller-activity"),
    path(
        "license-reseller/activity/export/",
        activity.license_reseller_activity_export,
        name="license-reseller-activity-export",
    ),
    path("license-reseller/", reseller_views.license_reseller_home, name="license-reseller-home"),
    path("license-reseller/orders/", reseller_views.license_reseller_orders, name="license-reseller-orders"),
    path(
        "license-reseller/orders/export/",
        reseller_views.license_reseller_orders_export,
        name="license-reseller-orders-export",
    ),
    path("license-reseller/orders/<int:pk>/", reseller_views.license_reseller_order, name="license-reseller-order"),
    path(
        "license-reseller/orders/<int:pk>/quote/", reseller_views.license_reseller_quote, name="license-reseller-quote"
    ),
    path(
        "license-reseller/orders/<int:pk>/reject/",
        reseller_views.license_reseller_reject,
        name="license-reseller-reject",
    ),
    path(
        "license-reseller/orders/<int:pk>/deliver/",
        reseller_views.license_reseller_deliver,
        name="license-reseller-deliver",
    ),
    path(
        "license-reseller/listings/<int:pk>/", reseller_views.license_reseller_listing, name="license-reseller-listing"
    ),
    path("license-reseller/keys/", reseller_key_views.license_reseller_keys, name="license-reseller-keys"),
    path(
        "license-reseller/keys/export/",
        reseller_key_views.license_reseller_keys_export,
        name="license-reseller-keys-export",
    ),
    path("license-reseller/keys/issue/", reseller_key_views.license_reseller_issue, name="license-reseller-issue"),
    path("license-reseller/keys/<int:pk>/", reseller_key_views.license_reseller_key, name="license-reseller-key"),
    path("admin-portal/licenses/", company_views.company_licenses, name="company-licenses"),
    path("admin-portal/licenses/export/", company_views.company_licenses_export, name="company-licenses-export"),
    path("admin-portal/licenses/enter/", license_views.company_license_enter, name="company-license-enter"),
    path("admin-portal/licenses/trial/", license_views.company_trial, name="company-trial"),
    path("admin-portal/licenses/<int:pk>/", license_views.company_license, name="company-license"),
    path("admin-portal/licenses/<int:pk>/key/", license_views.company_license_key, name="company-license-key"),
    path(
        "admin-portal/licenses/<int:pk>/name/",
        license_act_views.company_license_rename,
        name="company-license-rename",
    ),
    path(
        "admin-portal/licenses/<int:pk>/extend/",
        license_act_views.company_license_extend,
        name="company-license-extend",
    ),
    path(
        "admin-portal/licenses/<int:pk>/seats/",
        license_act_views.company_license_seats,
        name="company-license-seats",
    ),
    path(
        "admin-portal/licenses/<int:pk>/fewer/",
        license_act_views.company_license_reduce,
        name="company-license-reduce",
    ),
    path(
        "admin-portal/licenses/<int:pk>/replace/",
        license_act_views.company_license_replace,
        name="company-license-replace",
    ),
    path(
        "admin-portal/licenses/<int:pk>/remove/",
        license_act_views.company_license_remove,
        name="company-license-remove",
    ),
    path("admin-portal/licenses/<int:pk>/devices/", seat_views.company_license_devices, name="company-license-devices"),
    path("admin-portal/licenses/<int:pk>/assign/", seat_views.company_license_assign, name="company-license-assign"),
    path("admin-portal/licenses/<int:pk>/release/", seat_views.company_license_release, name="company-license-release"),
    path("samsung/activity/", activity.samsung_activity, name="samsung-activity"),
    path("samsung/activity/export/", activity.samsung_activity_export, name="samsung-activity-export"),
    path("samsung/", samsung_dashboard.samsung_dashboard, name="samsung-dashboard"),
    path("samsung/applications/", samsung.application_queue, name="samsung-applications"),
    path("samsung/applications/<uuid:pk>/", samsung.application_page, name="samsung-application"),
    path("samsung/applications/<uuid:pk>/approve/", samsung.application_approve, name="samsung-approve"),
    path("samsung/applications/<uuid:pk>/reject/", samsung.application_reject, name="samsung-reject"),
    path("samsung/msps/", samsung_msps.msp_list, name="samsung-msps"),
    path("samsung/msps/<str:msp_id>/", samsung_msps.msp_page, name="samsung-msp"),
    path("samsung/msps/<str:msp_id>/suspend/", samsung_msps.msp_suspend, name="samsung-msp-suspend"),
    path("samsung/msps/<str:msp_id>/resume/", samsung_msps.msp_resume, name="samsung-msp-resume"),
    path("samsung/models/", catalog.model_list, name="model-list"),
    path("samsung/models/add/", catalog.model_add, name="model-add"),
    path("samsung/models/import/", catalog.model_import, name="model-import"),
    path("samsung/models/export/", catalog.model_export, name="model-export"),
    path("samsung/models/<int:pk>/", catalog.model_edit, name="model-edit"),
    path("samsung/products/", samsung_views.product_list, name="samsung-products"),
    path("samsung/keys/", samsung_views.key_list, name="samsung-keys"),
    path("samsung/keys/<int:pk>/", samsung_views.key_page, name="samsung-key"),
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
    path("admin-portal/<slug:slug>/claims/", claim_views.own_claims, name="admin-portal-claims"),
    path("admin-portal/<slug:slug>/claims/export/", claim_views.own_claims_export, name="admin-portal-claims-export"),
    path("admin-portal/<slug:slug>/claims/new/", claim_views.own_claim_new, name="admin-portal-claim-new"),
    path("admin-portal/<slug:slug>/claims/<int:pk>/", claim_views.own_claim, name="admin-portal-claim"),
    path("admin-portal/<slug:slug>/swap/<int:pk>/", swap_views.own_swap, name="admin-portal-swap"),
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
    path("admin-portal/<slug:slug>/", console_views.own_console, name="admin-portal-console"),
    path("admin-portal/<slug:slug>/act/<slug:action>/", act_views.own_console_act, name="admin-portal-console-act"),
    path("customers/<str:kcs_id>/<slug:slug>/enroll/", code_views.customer_console_code, name="customer-console-code"),
    path("admin-portal/<slug:slug>/enroll/", code_views.own_console_code, name="admin-portal-console-code"),
    path("admin-portal/<slug:slug>/history/", history_views.own_console_history, name="admin-portal-console-history"),
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
    re_path(r"^api/(?P<path>.*)$", launcher.no_api, name="no-api"),
]
if settings.DEBUG:
    urlpatterns += [
        path("mailbox/", mail.mailbox, name="mailbox"),
        path("mailbox/<int:pk>/", mail.mail, name="mailbox-mail"),
        path("mailbox/<int:pk>/html/", mail.mail_html, name="mailbox-html"),
    ]
# The last one: our own page for what is not there, also while DEBUG.
urlpatterns.append(re_path(r"^(?!static/)(?P<path>.*/)$", refusals.not_found, name="not-found"))

handler500 = "portals.refusals.broken"
