"""What tests of alerts on the MSP Dashboard share."""

import re

from django.urls import reverse

from accounts.acting import as_operator
from alerts.models import Alert

DASHBOARD = reverse("msp-dashboard")


def shown(response):
    """Keys of the alerts on the page, from the top."""
    return [int(pk) for pk in re.findall(r'<li id="alert-(\d+)"', response.content.decode())]


def act(client, one, name, **fields):
    return client.post(reverse("alert-act", args=[one.pk, name]), fields)


def again(one):
    with as_operator():
        return Alert.objects.get(pk=one.pk)
