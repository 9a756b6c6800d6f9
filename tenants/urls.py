"""Addresses of administrators, roles and rights."""

from django.urls import path

from tenants.pages import join_views, people_urls, rights_views, role_views

urlpatterns = [
    path("rights/", rights_views.my_rights, name="my-rights"),
    path("customers/<str:kcs_id>/why/", rights_views.why, name="customer-why"),
    path("switch/", rights_views.switcher, name="switcher"),
    path("invitations/<str:token>/", join_views.join, name="administrator-join"),
    # administrators and roles
    *people_urls.routes(),
    path("roles/", role_views.role_list, name="roles"),
    path("roles/add/", role_views.role_add, name="role-add"),
    path("roles/<int:pk>/", role_views.role, name="role"),
    path("roles/<int:pk>/delete/", role_views.role_delete, name="role-delete"),
]
