"""Addresses that devices call (docs/agent-v1.md)."""

from django.urls import path

from services import agent_views

urlpatterns = [
    path("agent/v1/enroll", agent_views.enroll, name="agent-enroll"),
    path("agent/v1/checkin", agent_views.checkin, name="agent-checkin"),
    path("agent/v1/report", agent_views.report, name="agent-report"),
    path("agent/v1/schema", agent_views.schema, name="agent-schema"),
]
