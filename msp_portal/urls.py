"""Every address. tests/architecture/routes.py says who may open each."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path, re_path

from devices.pages import app_views, approval_views, bulk_views
from devices.pages import catalog_views as catalog
from devices.pages import customer_reseller_views as customer_resellers
from devices.pages import inventory_views as inventory
from devices.pages import reseller_device_views as reseller_devices
from devices.pages import reseller_upload_views as reseller_uploads
from devices.pages import reseller_views as reseller
from devices.pages import upload_list_views as upload_lists
from devices.pages import upload_views as uploads
from mail import views as mail
from onboarding import link_views
from onboarding import views as onboarding
from portals import admin, export_pages, health, launcher, msp, organizations, refusals, relations, samsung

urlpatterns: list[URLPattern | URLResolver] = [
    path("", launcher.knox_dashboard, name="knox-dashboard"),
    path("healthz", health.healthz, name="healthz"),
    path("launch/<str:portal>/<int:organization_id>/", launcher.launch, name="launch"),
    path("preferences/", launcher.preferences_page, name="preferences"),
    path("terms/<str:name>/", launcher.document, name="terms"),
    path("accounts/", include("allauth.urls")),
    # applicants and invited people
    path("apply/sent/", onboarding.apply_sent, name="apply-sent"),
    path("apply/<str:program>/", onboarding.apply, name="apply"),
    path("apply/confirm/<str:token>/", onboarding.application_confirm, name="application-confirm"),
    path("applications/<uuid:pk>/", onboarding.application, name="application"),
    path("join/<str:token>/", onboarding.invitation, name="invitation"),
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
    path("customers/<str:kcs_id>/devices/<int:pk>/", inventory.customer_device, name="customer-device"),
    path("devices/", inventory.all_devices, name="all-devices"),
    path("devices/export/", inventory.all_devices_export, name="all-devices-export"),
    path("palette/", msp.palette, name="palette"),
    path("exports/<uuid:pk>/", export_pages.export_page, name="export"),
    path("exports/<uuid:pk>/file/", export_pages.export_file, name="export-file"),
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
    path("license-reseller/", organizations.license_reseller_home, name="license-reseller-home"),
    path("admin-portal/", admin.admin_portal_home, name="admin-portal-home"),
    path("admin-portal/end/", admin.end_management, name="admin-portal-end"),
    path("admin-portal/end/ask/", admin.ask_for_end, name="admin-portal-ask-end"),
    path("admin-portal/devices/", inventory.own_devices, name="admin-portal-devices"),
    path("admin-portal/devices/tags/", bulk_views.own_devices_tags, name="admin-portal-devices-tags"),
    path("admin-portal/devices/delete/", bulk_views.own_devices_delete, name="admin-portal-devices-delete"),
    path("admin-portal/devices/export/", inventory.own_devices_export, name="admin-portal-devices-export"),
    path("admin-portal/devices/<int:pk>/", inventory.own_device, name="admin-portal-device"),
    path("admin-portal/resellers/", customer_resellers.own_resellers, name="admin-portal-resellers"),
    path("admin-portal/resellers/<int:pk>/", customer_resellers.own_reseller, name="admin-portal-reseller"),
    path("admin-portal/deployment-app/", app_views.deployment_app_page, name="deployment-app"),
    path("admin-portal/approvals/", approval_views.own_approvals, name="admin-portal-approvals"),
    path("admin-portal/approvals/<int:pk>/", approval_views.own_approval, name="admin-portal-approval"),
    path("samsung/applications/", samsung.application_queue, name="samsung-applications"),
    path("samsung/applications/<uuid:pk>/", samsung.application_page, name="samsung-application"),
    path("samsung/applications/<uuid:pk>/approve/", samsung.application_approve, name="samsung-approve"),
    path("samsung/applications/<uuid:pk>/reject/", samsung.application_reject, name="samsung-reject"),
    path("samsung/models/", catalog.model_list, name="model-list"),
    path("samsung/models/add/", catalog.model_add, name="model-add"),
    path("samsung/models/import/", catalog.model_import, name="model-import"),
    path("samsung/models/export/", catalog.model_export, name="model-export"),
    path("samsung/models/<int:pk>/", catalog.model_edit, name="model-edit"),
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
