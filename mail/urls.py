"""Addresses of the mailbox, which is there only while DEBUG."""

from django.urls import path

from mail import views

urlpatterns = [
    path("mailbox/", views.mailbox, name="mailbox"),
    path("mailbox/<int:pk>/", views.mail, name="mailbox-mail"),
    path("mailbox/<int:pk>/html/", views.mail_html, name="mailbox-html"),
]
