"""Addresses for applicants, for invited people, and for those who got a link in a letter."""

from django.urls import path

from onboarding import link_views
from onboarding import views as onboarding

urlpatterns = [
    # applicants and invited people
    path("apply/sent/", onboarding.apply_sent, name="apply-sent"),
    path("apply/<str:program>/", onboarding.apply, name="apply"),
    path("apply/confirm/<str:token>/", onboarding.application_confirm, name="application-confirm"),
    path("applications/<uuid:pk>/", onboarding.application, name="application"),
    path("join/<str:token>/", onboarding.invitation, name="invitation"),
    path("join/<str:token>/again/", onboarding.invitation_renew, name="invitation-renew"),
    # links in letters, for people without an account
    path("consent/<str:token>/", link_views.consent, name="consent"),
    path("delink/<str:token>/", link_views.delink, name="delink"),
    path("receipt/<str:token>/", link_views.receipt, name="receipt"),
    path("end/<str:token>/", link_views.end, name="management-end"),
]
