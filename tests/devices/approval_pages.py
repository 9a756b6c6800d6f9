"""What tests of the pages of approvals share."""

from django.urls import reverse

from accounts.acting import as_operator
from devices.models import Device
from tests.devices import sending
from tests.devices.sending import EUROPE, imeis

QUEUE = "/uploads/waiting/"


def waiting(world, customer, count=2, first=0, tac=EUROPE):
    return sending.waiting(world, imeis(count, first=first, tac=tac), customer=customer, name=f"{first}.csv")


def page(client, person, url, **query):
    client.force_login(person)
    return client.get(url, query)


def review(approval, act=""):
    url = reverse("approval", args=[approval.customer.kcs_id, approval.pk])
    return f"{url}?act={act}" if act else url


def devices(approval, state):
    with as_operator():
        return Device.objects.filter(approval=approval, state=state).count()


def rows(response):
    return [one.pk for one in response.context["page"].rows]
