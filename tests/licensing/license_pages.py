"""What tests of the pages of licenses share."""

import re
from html import unescape

from django.urls import reverse

from accounts.acting import acting_as, as_operator
from licensing import trials
from tests import world as cast
from tests.licensing.ground import entered


def at(name, license):
    return reverse(name, args=[license.customer.kcs_id, license.pk])


def of(world, name):
    return reverse(name, args=[world.first.kcs_id])


def trial(world, customer=None):
    with acting_as(world.alice):
        return trials.start(customer or world.first, by=world.alice)


def words(response):
    """The words of a page, as a person reads them."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


def names(response):
    return [one.name for one in response.context["page"].rows]


def full(world):
    """A customer with Full access, and a license that it had before."""
    kestrel = cast.customer(world.aurora, world.alice, "Kestrel")
    license = entered(world, kestrel, name="Kestrel phones")
    with as_operator():
        type(kestrel).objects.filter(pk=kestrel.pk).update(access="full")
    return license
