"""Addresses of devices, uploads, approvals and resellers."""

from django.urls import path

from devices.pages import app_views, approval_views, bulk_act_views, bulk_views
from devices.pages import catalog_views as catalog
from devices.pages import inventory_views as inventory
from devices.pages import reseller_device_views as reseller_devices
from devices.pages import reseller_upload_views as reseller_uploads
from devices.pages import reseller_views as reseller
from devices.pages import upload_list_views as upload_lists
from devices.pages import upload_views as uploads

urlpatterns = [
    # a phone, by the code of its company
    path("enroll/<str:code>/", app_views.enroll, name="enroll"),
    # Knox MSP Portal
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
    path("uploads/waiting/", approval_views.approval_queue, name="approval-queue"),
    path("customers/<str:kcs_id>/devices/", inventory.customer_devices, name="customer-devices"),
    path("customers/<str:kcs_id>/devices/tags/", bulk_views.customer_devices_tags, name="customer-devices-tags"),
    path("customers/<str:kcs_id>/devices/delete/", bulk_views.customer_devices_delete, name="customer-devices-delete"),
    path("customers/<str:kcs_id>/devices/export/", inventory.customer_devices_export, name="customer-devices-export"),
    path("customers/<str:kcs_id>/acts/<int:pk>/", bulk_act_views.customer_bulk_act, name="customer-bulk-act"),
    path("devices/", inventory.all_devices, name="all-devices"),
    path("devices/export/", inventory.all_devices_export, name="all-devices-export"),
    # Knox Admin Portal
    path("admin-portal/devices/", inventory.own_devices, name="admin-portal-devices"),
    path("admin-portal/devices/tags/", bulk_views.own_devices_tags, name="admin-portal-devices-tags"),
    path("admin-portal/devices/delete/", bulk_views.own_devices_delete, name="admin-portal-devices-delete"),
    path("admin-portal/devices/export/", inventory.own_devices_export, name="admin-portal-devices-export"),
    path("admin-portal/acts/<int:pk>/", bulk_act_views.own_bulk_act, name="admin-portal-bulk-act"),
    path("admin-portal/deployment-app/", app_views.deployment_app_page, name="deployment-app"),
    path("admin-portal/approvals/", approval_views.own_approvals, name="admin-portal-approvals"),
    path("admin-portal/approvals/<int:pk>/", approval_views.own_approval, name="admin-portal-approval"),
    # Knox Reseller Portal
    path("reseller/", reseller.reseller_home, name="reseller-home"),
    path("reseller/customers/", reseller.reseller_customers, name="reseller-customers"),
    path("reseller/customers/add/", reseller.reseller_customer_add, name="reseller-customer-add"),
    path("reseller/customers/export/", reseller.reseller_customers_export, name="reseller-customers-export"),
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
    # Samsung Admin Portal
    path("samsung/models/", catalog.model_list, name="model-list"),
    path("samsung/models/add/", catalog.model_add, name="model-add"),
    path("samsung/models/import/", catalog.model_import, name="model-import"),
    path("samsung/models/export/", catalog.model_export, name="model-export"),
    path("samsung/models/<int:pk>/", catalog.model_edit, name="model-edit"),
]
