"""The demo loads by the verbs, once, and every service has something to look at."""

import pytest
from post_office.models import Email

from accounts.acting import as_operator
from portals import demo
from services.models import Agent, Enrollment, Thing
from services.modules import CONSOLES
from tenants.models import Customer, Membership

MOST_STATES = 3
"""At least so many states of each service have devices."""


@pytest.mark.django_db
def test_the_demo_has_devices_in_several_states_of_every_service():
    made = demo.load()
    again = demo.load()

    with as_operator():
        states = set(Enrollment.objects.values_list("service", "state"))
        kinds = set(Thing.objects.values_list("service", "kind"))
        waiting = Agent.objects.filter(may_replace=False).count()
    assert (made, again) == (True, False)
    for console in CONSOLES.values():
        shown = {state for service, state in states if service == console.service}
        assert len(shown) >= MOST_STATES, console.name
        assert {(console.service, kind.code) for kind in console.kinds} <= kinds
        assert any(state.code in shown for state in console.attention) or not console.attention, console.name
    assert waiting == 0


@pytest.mark.django_db
def test_every_letter_of_the_demo_that_names_a_customer_is_about_it():
    demo.load()

    with as_operator():
        ids = dict(Customer.objects.values_list("name", "kcs_id"))
    written = [(one.subject + one.message, (one.headers or {}).get("X-Knox-About", "")) for one in Email.objects.all()]
    named = [(kcs_id, about) for text, about in written for name, kcs_id in ids.items() if name in text]
    assert named
    assert [pair for pair in named if pair[0] not in pair[1]] == []


@pytest.mark.django_db
def test_the_demo_has_an_invitation_to_a_role_of_the_msps_own():
    demo.load()

    with as_operator():
        place = Membership.objects.get(state=Membership.State.PENDING, msp__name="Aurora Managed Mobility")
        assert (place.person, place.role.name, place.role.is_built_in) == ("Noor Haddad", "License desk", False)
