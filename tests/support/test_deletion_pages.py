"""The pages of deletions: where one asks for one, and what Samsung does about it, in two persons."""

from django.urls import reverse
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from support import deletions
from support.models import Deletion, Message, Ticket
from tenants.models import Management
from tests.support.ground import asked, kim, opened, planned

PASSWORD = "a long secret"


def state(deletion):
    with as_operator():
        return Deletion.objects.get(pk=deletion.pk).state


def test_a_deletion_has_a_page_of_its_own(world, client):
    client.force_login(world.alice)
    by_link = client.get(f"{reverse('ticket-new')}?category=deletion&customer={world.first.kcs_id}")
    typed = {"kind": "deletion", "customer": world.first.kcs_id, "subject": "It closed", "text": "Delete it."}
    by_form = client.post(reverse("ticket-new"), typed | {"organization": world.aurora.public_id})

    assert by_link.url == by_form.url == reverse("deletion-ask", args=[world.first.kcs_id])
    with as_operator():
        assert not Ticket.objects.exists()


def test_the_name_is_typed_exactly(world, client):
    client.force_login(world.alice)
    url = reverse("deletion-ask", args=[world.first.kcs_id])

    wrong = client.post(url, {"typed": "Fjordline", "reason": "It closed down."})
    right = client.post(url, {"typed": "Fjordline Freight", "reason": "It closed down."})
    again = client.post(url, {"typed": "Fjordline Freight", "reason": "It closed down."})

    assert "Type Fjordline Freight exactly as shown" in wrong.text
    assert (wrong.status_code, right.status_code, again.status_code) == (422, 302, 409)
    assert "Alice Example already asked for the deletion" in again.text


def test_the_customer_s_page_says_that_its_deletion_is_asked_for(world, client):
    asked(world)
    client.force_login(world.vera)

    page, other = (client.get(reverse("customer", args=[one.kcs_id])) for one in (world.first, world.second))

    assert ("Deletion requested" in page.text, "Deletion requested" in other.text) == (True, False)


def test_one_admin_starts_and_another_approves(world, client):
    deletion = asked(world)
    start, approve = (reverse(f"samsung-deletion-{act}", args=[deletion.ticket_id]) for act in ("start", "approve"))

    client.force_login(world.sam)
    client.post(start)
    same = client.post(approve, {"kcs_id": world.first.kcs_id})
    client.force_login(kim())
    wrong = client.post(approve, {"kcs_id": "4"})
    client.post(approve, {"kcs_id": world.first.kcs_id})

    assert (same.status_code, wrong.status_code) == (403, 422)
    assert "You started this deletion. A second Samsung admin must approve it." in same.text
    assert state(deletion) == Deletion.State.PLANNED


def test_what_cannot_be_brought_back_asks_for_the_password_first(world, client):
    deletion = asked(world)
    world.sam.set_password(PASSWORD)
    world.sam.save()
    client.force_login(world.sam)

    for act in ("samsung-deletion-start", "samsung-deletion-approve", "samsung-carry-out"):
        assert "/accounts/reauthenticate/" in client.post(reverse(act, args=[deletion.ticket_id])).url
    assert state(deletion) == Deletion.State.ASKED


def test_samsung_rejects_with_a_reason_that_the_other_side_reads(world, client):
    deletion = asked(world)
    client.force_login(world.sam)
    client.post(reverse("samsung-deletion-reject", args=[deletion.ticket_id]), {"reason": "It still has devices."})

    client.force_login(world.alice)
    page = client.get(reverse("ticket", args=[deletion.ticket_id]))

    assert ("It still has devices." in page.text, state(deletion)) == (True, Deletion.State.REJECTED)


def test_samsung_undoes_what_is_planned(world, client):
    deletion = planned(world)
    client.force_login(world.sam)

    client.post(reverse("samsung-deletion-undo", args=[deletion.ticket_id]))

    assert state(deletion) == Deletion.State.UNDONE


def test_an_msp_takes_its_wish_back(world, client):
    deletion = asked(world)
    client.force_login(world.alice)

    client.post(reverse("deletion-withdraw", args=[deletion.ticket_id]))

    assert state(deletion) == Deletion.State.WITHDRAWN
    with acting_as(world.alice):
        assert Message.objects.filter(text__contains="Nothing is deleted").exists()


def test_a_deletion_that_somebody_took_back_is_not_started(world, client):
    deletion = asked(world)
    with acting_as(world.alice):
        deletions.withdraw(deletion, by=world.alice)

    client.force_login(world.sam)
    response = client.post(reverse("samsung-deletion-start", args=[deletion.ticket_id]))

    assert (response.status_code, "was closed on" in response.text) == (409, True)


def test_samsung_reads_that_the_msp_left_in_place_of_a_button_that_answers_it(world, client):
    own = {"own": world.aurora, "about": world.first, "services": ["KC"]}
    removal, deletion = opened(world.alice, kind=Ticket.Kind.SERVICE_REMOVAL, **own), asked(world)
    client.force_login(world.sam)

    def buttons(name, ticket):
        page = client.get(reverse("samsung-ticket", args=[ticket]))
        return reverse(name, args=[ticket]) in page.text, "no longer manages" in page.text

    before = buttons("samsung-carry-out", removal.pk), buttons("samsung-deletion-start", deletion.ticket_id)
    with as_operator():
        Management.objects.filter(customer=world.first).update(state="ended", ended_at=timezone.now())
    after = buttons("samsung-carry-out", removal.pk), buttons("samsung-deletion-start", deletion.ticket_id)

    assert (before, after) == (((True, False),) * 2, ((False, True),) * 2)
    assert buttons("samsung-deletion-reject", deletion.ticket_id) == (True, True)
