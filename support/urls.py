"""Addresses of tickets and of deletions."""

from django.urls import path

from support.pages import deletion_views, ticket_views
from support.pages import samsung_views as samsung_tickets

urlpatterns = [
    path("tickets/", ticket_views.ticket_list, name="ticket-list"),
    path("tickets/export/", ticket_views.ticket_export, name="ticket-export"),
    path("tickets/open/", ticket_views.ticket_new, name="ticket-new"),
    path("tickets/<int:pk>/", ticket_views.ticket_page, name="ticket"),
    path("tickets/<int:pk>/reply/", ticket_views.ticket_reply, name="ticket-reply"),
    path("tickets/<int:pk>/close/", ticket_views.ticket_close, name="ticket-close"),
    path("tickets/<int:pk>/take-back/", ticket_views.deletion_withdraw, name="deletion-withdraw"),
    path("tickets/<int:pk>/files/<int:file_pk>/", ticket_views.ticket_file, name="ticket-file"),
    # Knox MSP Portal
    path("customers/<str:kcs_id>/deletion/", deletion_views.deletion_ask, name="deletion-ask"),
    # Samsung Admin Portal
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
]
