"""Addresses of licenses, orders and keys."""

from django.urls import path

from licensing import (
    company_views,
    license_act_views,
    license_list_views,
    license_views,
    order_list_views,
    order_views,
    reseller_key_views,
    reseller_views,
    samsung_views,
    seat_views,
)

urlpatterns = [
    # Knox MSP Portal
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
    path("orders/", order_list_views.order_list, name="order-list"),
    path("orders/export/", order_list_views.order_export, name="order-export"),
    path("orders/new/", order_views.order_new, name="order-new"),
    path("orders/<int:pk>/", order_views.order_page, name="order"),
    path("orders/<int:pk>/accept/", order_views.order_accept, name="order-accept"),
    path("orders/<int:pk>/withdraw/", order_views.order_withdraw, name="order-withdraw"),
    path("orders/<int:pk>/key/", order_views.order_key, name="order-key"),
    # Knox Admin Portal
    path("admin-portal/licenses/", company_views.company_licenses, name="admin-portal-licenses"),
    path("admin-portal/licenses/export/", company_views.company_licenses_export, name="admin-portal-licenses-export"),
    path("admin-portal/licenses/enter/", license_views.company_license_enter, name="admin-portal-license-enter"),
    path("admin-portal/licenses/trial/", license_views.company_trial, name="admin-portal-trial"),
    path("admin-portal/licenses/<int:pk>/", license_views.company_license, name="admin-portal-license"),
    path("admin-portal/licenses/<int:pk>/key/", license_views.company_license_key, name="admin-portal-license-key"),
    path(
        "admin-portal/licenses/<int:pk>/name/",
        license_act_views.company_license_rename,
        name="admin-portal-license-rename",
    ),
    path(
        "admin-portal/licenses/<int:pk>/extend/",
        license_act_views.company_license_extend,
        name="admin-portal-license-extend",
    ),
    path(
        "admin-portal/licenses/<int:pk>/seats/",
        license_act_views.company_license_seats,
        name="admin-portal-license-seats",
    ),
    path(
        "admin-portal/licenses/<int:pk>/fewer/",
        license_act_views.company_license_reduce,
        name="admin-portal-license-reduce",
    ),
    path(
        "admin-portal/licenses/<int:pk>/replace/",
        license_act_views.company_license_replace,
        name="admin-portal-license-replace",
    ),
    path(
        "admin-portal/licenses/<int:pk>/remove/",
        license_act_views.company_license_remove,
        name="admin-portal-license-remove",
    ),
    path(
        "admin-portal/licenses/<int:pk>/devices/",
        seat_views.company_license_devices,
        name="admin-portal-license-devices",
    ),
    path(
        "admin-portal/licenses/<int:pk>/assign/", seat_views.company_license_assign, name="admin-portal-license-assign"
    ),
    path(
        "admin-portal/licenses/<int:pk>/release/",
        seat_views.company_license_release,
        name="admin-portal-license-release",
    ),
    # License Reseller Portal
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
    # Samsung Admin Portal
    path("samsung/products/", samsung_views.product_list, name="samsung-products"),
    path("samsung/keys/", samsung_views.key_list, name="samsung-keys"),
    path("samsung/keys/<int:pk>/", samsung_views.key_page, name="samsung-key"),
]
