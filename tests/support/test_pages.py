"""The pages of tickets: who finds what there, what comes filled in, and what only a second person does."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts import rate_limits
from accounts.acting import as_operator
from support.models import Attachment, Ticket
from tenants import memberships
from tenants.models import Membership
from tests.support.ground import PNG, asked, opened

PASSWORD = "a long secret"
TYPED = {"kind": "question", "subject": "Where is it", "text": "I looked everywhere."}


def typed_for(own):
    """What the form sends that was opened for an organization."""
    return TYPED | {"organization": own.public_id}


def test_a_ticket_of_the_msp_portal_belongs_to_the_msp(world, client):
    client.force_login(world.tom)

    response = client.post(
        reverse("ticket-new"), typed_for(world.aurora) | {"customer": world.first.name, "page": "/customers/"}
    )

    with as_operator():
        ticket = Ticket.objects.get()
    assert response.url == reverse("ticket", args=[ticket.pk])
    assert (ticket.msp_id, ticket.about_id, ticket.page) == (world.aurora.pk, world.first.pk, "/customers/")
    assert (ticket.portal, len(ticket.request_id)) == ("Knox MSP Portal", 16)


def test_a_customer_that_is_not_seen_is_none(world, client):
    client.force_login(world.tom)

    for typed in (world.second.name, world.second.kcs_id, world.foreign.kcs_id, "4"):
        response = client.post(reverse("ticket-new"), typed_for(world.aurora) | {"customer": typed})
        assert (response.status_code, f"{typed} is not one of your customers." in response.text) == (422, True)


def test_a_refusal_leads_to_a_ticket_that_knows_the_page_and_the_number(world, client):
    client.force_login(world.vera)
    refused = client.get(reverse("customer-add"))
    link = re.search(r'href="(/tickets/open/[^"]+)"', refused.text.partition("<main")[2])
    assert link

    page = client.get(link[1].replace("&amp;", "&"))

    assert (refused.status_code, page.status_code) == (403, 200)
    assert '<option value="not_authorized" selected' in page.text
    assert f'value="{refused["X-Request-ID"]}"' in page.text
    assert f'value="{reverse("customer-add")}"' in page.text


def test_a_page_with_a_long_address_leads_to_a_ticket_that_can_be_sent(world, client):
    client.force_login(world.vera)
    page = client.get("/" + "nowhere/" * 40)
    link = re.search(r'href="(/tickets/open/[^"]+)"', page.text.partition("<main")[2])
    form = client.get(link[1].replace("&amp;", "&")).context["form"]

    sent = client.post(
        reverse("ticket-new"), typed_for(world.aurora) | {name: form[name].value() for name in ("page", "number")}
    )

    assert (page.status_code, sent.status_code) == (404, 302)


@pytest.mark.parametrize("who", ["alice", "rita", "lena", "carl", "nora", "blake"])
def test_whoever_signs_in_opens_a_ticket_and_finds_it_again(world, client, who):
    client.force_login(getattr(world, who))
    form = client.get(reverse("ticket-new"))
    client.post(reverse("ticket-new"), TYPED | {"organization": form.context["frame"].public_id})

    page = client.get(reverse("ticket-list"))

    assert (page.status_code, "Where is it" in page.text) == (200, True)


def test_a_ticket_begun_for_one_organization_is_not_sent_for_the_other(world, client):
    with as_operator():
        here = Membership.objects.get(user=world.mira, msp=world.aurora)
    client.force_login(world.mira)
    client.post(reverse("launch", args=["msp", world.aurora.pk]))
    begun = client.get(reverse("ticket-new")).text
    with as_operator():
        memberships.block(here, by=world.alice)

    late = client.post(reverse("ticket-new"), typed_for(world.aurora) | {"subject": "Where is Aurora"})

    with as_operator():
        assert not Ticket.objects.exists()
    assert (f'name="organization" value="{world.aurora.public_id}"' in begun, late.status_code) == (True, 422)
    assert "You began this ticket in another name. It would be for Borealis now." in late.text
    assert 'value="Where is Aurora"' in late.text
    assert f'name="organization" value="{world.borealis.public_id}"' in late.text


def test_the_ticket_of_another_organization_is_not_there_also_for_who_works_in_both(world, client):
    ticket = opened(world.mira, own=world.borealis)
    client.force_login(world.mira)
    client.post(reverse("launch", args=["msp", world.aurora.pk]))

    page, listed = client.get(reverse("ticket", args=[ticket.pk])), client.get(reverse("ticket-list"))

    assert (page.status_code, ticket.subject in listed.text) == (404, False)


@pytest.mark.parametrize(("who", "says", "reads"), [("alice", "You", 200), ("tom", "Somebody", 404)])
def test_only_who_reads_the_ticket_is_led_to_it(world, client, who, says, reads):
    ticket = reverse("ticket", args=[asked(world).ticket_id])
    client.force_login(getattr(world, who))

    pages = [client.get(reverse(name, args=[world.first.kcs_id])).text for name in ("customer", "deletion-ask")]

    assert client.get(ticket).status_code == reads
    assert [f'href="{ticket}"' in page for page in pages] == [reads == 200] * 2
    assert f"<b>{says} asked Samsung to delete Fjordline Freight.</b>" in pages[0]


def test_a_deletion_is_a_ticket_among_those_of_an_hour(world, client, monkeypatch):
    monkeypatch.setitem(rate_limits.LIMITS, "ticket", rate_limits.Limit(2, 3600, "tickets", "an hour"))
    client.force_login(world.alice)
    ask, typed = reverse("deletion-ask", args=[world.first.kcs_id]), {"typed": world.first.name, "reason": "It closed."}
    answers = []

    for _ in range(3):
        answers.append(client.post(ask, typed))
        if answers[-1].status_code == 302:
            client.post(f"{answers[-1].url}take-back/")

    assert [answer.status_code for answer in answers] == [302, 302, 429]
    with as_operator():
        assert Ticket.objects.count() == 2


def test_a_kind_that_wants_more_asks_for_it(world, client):
    client.force_login(world.alice)
    wanted = typed_for(world.aurora) | {"kind": "service_removal", "customer": world.first.kcs_id}

    without = client.post(reverse("ticket-new"), wanted)
    client.post(reverse("ticket-new"), wanted | {"services": ["KC"]})

    assert (without.status_code, "Services to remove" in without.text) == (422, True)
    with as_operator():
        assert Ticket.objects.get().services == ["KC"]


@pytest.mark.parametrize(
    ("kind", "missing"),
    [
        ("question", []),
        ("super_admin", ["person_email"]),
        ("service_removal", ["customer", "services"]),
        ("deletion", ["customer"]),
    ],
)
def test_what_a_kind_needs_is_not_called_optional(world, client, kind, missing):
    client.force_login(world.alice)

    shown = client.get(reverse("ticket-new"), {"kind": kind}, headers={"HX-Request": "true"}).context["form"]
    refused = client.post(reverse("ticket-new"), typed_for(world.aurora) | {"kind": kind})

    optional = [one.name for one in shown.visible_fields() if one.is_optional or "(optional)" in one.label]
    assert sorted(optional) == sorted({"customer", "attached"} - set(missing))
    assert sorted(refused.context["form"].errors if missing else []) == missing


def test_the_typed_customer_stays_while_the_kind_changes(world, client):
    client.force_login(world.alice)
    asked = {"kind": "deletion", "customer": world.first.name}

    answer = client.get(reverse("ticket-new"), asked, headers={"HX-Request": "true"})

    assert (answer.status_code, answer.context["form"]["customer"].value()) == (200, world.first.name)
    assert 'hx-include="#id_customer"' in answer.text


@pytest.mark.parametrize(("who", "offered"), [("alice", True), ("tom", True), ("vera", False), ("carl", False)])
def test_only_who_may_change_customers_finds_what_takes_something_away_from_one(world, client, who, offered):
    client.force_login(getattr(world, who))

    page = client.get(reverse("ticket-new")).text

    kinds = re.findall(r'<option value="(deletion|service_removal)"', page)
    assert kinds == (["deletion", "service_removal"] if offered else [])


def test_samsung_is_offered_only_what_a_ticket_still_names(world, client):
    wish = {"kind": Ticket.Kind.SUPER_ADMIN, "person_email": "vera@people.example"}
    whole, of_nobody = opened(world.tom, own=world.aurora, **wish), opened(world.nora, **wish)
    client.force_login(world.sam)

    pages = [client.get(reverse("samsung-ticket", args=[one.pk])).text for one in (whole, of_nobody)]

    assert [reverse("samsung-carry-out", args=[whole.pk]) in pages[0], "Make super admin" in pages[1]] == [True, False]


def test_a_file_is_saved_and_never_shown(world, client):
    client.force_login(world.alice)
    script = SimpleUploadedFile("page.html", b"<script>alert(1)</script>", content_type="text/html")
    picture = SimpleUploadedFile("Bildschirm ä.png", PNG, content_type="text/html")
    client.post(reverse("ticket-new"), typed_for(world.aurora) | {"attached": [script, picture]})
    with as_operator():
        files = list(Attachment.objects.order_by("pk"))

    answers = [client.get(reverse("ticket-file", args=[file.ticket_id, file.pk])) for file in files]

    assert [one["Content-Type"] for one in answers] == ["text/plain", "image/png"]
    assert all(one["Content-Disposition"].startswith("attachment;") for one in answers)
    assert {one["X-Content-Type-Options"] for one in answers} == {"nosniff"}
    client.force_login(world.tom)
    assert client.get(reverse("ticket-file", args=[files[0].ticket_id, files[0].pk])).status_code == 404


def test_samsung_answers_as_samsung_and_no_name_is_told(world, client):
    ticket, samsung = opened(world.alice, own=world.aurora), Client()
    samsung.force_login(world.sam)
    samsung.post(reverse("samsung-ticket-answer", args=[ticket.pk]), {"text": "Look in the order."})
    samsung.post(reverse("samsung-ticket-assign", args=[ticket.pk]), {"to": world.sam.pk})

    client.force_login(world.alice)
    page = client.get(reverse("ticket", args=[ticket.pk])).text

    assert ("Look in the order." in page, "Samsung support" in page, "Sam Park" in page) == (True, True, False)


def test_the_queue_finds_a_ticket_by_its_number_and_by_the_ids_on_it(world, client):
    ticket = opened(world.alice, own=world.aurora, about=world.first)
    opened(world.nora, subject="Nothing to do with it")
    client.force_login(world.sam)

    for typed in (ticket.pk, world.aurora.public_id, world.first.kcs_id):
        page = client.get(reverse("samsung-tickets"), {"q": typed})
        assert (ticket.subject in page.text, "Nothing to do with it" in page.text) == (True, False)


def test_the_queue_shows_as_waiting_what_the_dashboard_counts(world, client):
    answered = opened(world.alice, own=world.aurora)
    opened(world.nora, subject="Nobody answered this")
    client.force_login(world.sam)
    client.post(reverse("samsung-ticket-answer", args=[answered.pk]), {"text": "Look in the order."})

    dashboard = client.get(reverse("samsung-dashboard"))
    waiting, taken_on = (client.get(reverse("samsung-tickets"), {"view": view}) for view in ("waiting", "progress"))

    assert [one.subject for one in waiting.context["page"].rows] == ["Nobody answered this"]
    assert [one.pk for one in taken_on.context["page"].rows] == [answered.pk]
    assert dashboard.context["tickets_waiting"] == 1


def test_the_dashboard_leads_to_the_tickets_that_it_counts_in_a_region(world, client):
    opened(world.alice, own=world.aurora, subject="From Europe")
    opened(world.bob, own=world.borealis, subject="From America")
    opened(world.rita, own=world.reseller, subject="From a reseller")
    opened(world.nora, subject="From nowhere")
    client.force_login(world.sam)

    found = {}
    for row in client.get(reverse("samsung-dashboard")).context["regions"]:
        queue = client.get(row["at"].tickets_url).context["page"].rows
        found[row["at"].region.value] = (row["at"].tickets, {one.subject for one in queue})

    assert found["europe"] == (2, {"From Europe", "From a reseller"})
    assert {region: count for region, (count, queue) in found.items() if count != len(queue)} == {}
