"""Who sees a ticket, who moves it, and what is sent beside it."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from audit.models import Event
from rules.errors import RuleBroken
from support import tickets
from support.attachments import Sent
from support.models import Attachment, Message, Ticket
from tenants import memberships
from tenants.models import KnoxService, Management, Membership
from tests.mail.letters import letters
from tests.support.ground import PNG, kim, newest, opened

State = Ticket.State


def seen_by(world, ticket):
    """Which of the cast see it, in their own name."""
    everybody = ("alice", "tom", "vera", "mira", "blake", "bob", "carl", "rita", "lena", "nora", "sam")
    return {name for name in everybody if _sees(getattr(world, name), ticket)}


def _sees(person, ticket):
    with acting_as(person):
        return Ticket.objects.filter(pk=ticket.pk).exists()


def test_a_ticket_is_seen_by_its_author_and_by_those_who_manage_people(world):
    ticket = opened(world.tom, own=world.aurora)

    assert seen_by(world, ticket) == {"tom", "alice"}


def test_a_ticket_about_a_customer_is_not_seen_by_who_does_not_see_that_one(world):
    about_second = opened(world.alice, own=world.aurora, about=world.second)

    assert seen_by(world, about_second) == {"alice"}
    with acting_as(world.tom), pytest.raises(DatabaseError), transaction.atomic():
        Ticket.objects.create(subject="x", kind="question", msp=world.aurora, about=world.second, opened_by=world.tom)


def test_a_ticket_of_nobody_s_portal_is_the_person_s_alone(world):
    assert seen_by(world, opened(world.nora)) == {"nora"}
    assert seen_by(world, opened(world.rita, own=world.reseller)) == {"rita"}
    assert seen_by(world, opened(world.carl, own=world.contoso)) == {"carl"}


def test_who_is_blocked_sees_the_own_tickets_no_more(world):
    from_mira = opened(world.mira, own=world.borealis)

    assert seen_by(world, from_mira) == {"mira", "bob"}
    assert seen_by(world, opened(world.blake)) == {"blake"}
    with acting_as(world.blake), pytest.raises(DatabaseError), transaction.atomic():
        Ticket.objects.create(subject="x", kind="question", msp=world.aurora, opened_by=world.blake)


def test_messages_and_files_are_seen_with_their_ticket_alone(world):
    opened(world.alice, own=world.aurora, files=[Sent("screen.png", PNG)])

    for person, rows in ((world.alice, 1), (world.vera, 0), (world.bob, 0)):
        with acting_as(person):
            assert (Message.objects.count(), Attachment.objects.count()) == (rows, rows)


def test_nobody_but_samsung_writes_as_samsung_or_changes_more_than_the_state(world):
    ticket = opened(world.alice, own=world.aurora)

    for statement in (
        """INSERT INTO support_message (ticket_id, author_id, by_samsung, text, written_at)
           VALUES (%(ticket)s, %(alice)s, true, 'x', now())""",
        "UPDATE support_ticket SET assigned_to_id = %(alice)s WHERE id = %(ticket)s",
        "UPDATE support_message SET text = 'x'",
        "DELETE FROM support_ticket",
    ):
        with acting_as(world.alice), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, {"ticket": ticket.pk, "alice": world.alice.pk})


def test_both_sides_write_and_each_gets_a_letter(world):
    second = kim()
    ticket = opened(world.tom, own=world.aurora, about=world.first)
    assert newest("tom@people.example").subject == f"Ticket {ticket.pk}: Where is the invoice"
    assert {f"Ticket {ticket.pk} waits: Question"} <= {one.subject for one in letters("kim@samsung.example")}

    with acting_as(world.sam), as_operator():
        tickets.assign(ticket, to=second, by=world.sam)
        tickets.answer(ticket, text="In the order.", by=world.sam)
    with acting_as(world.tom):
        tickets.reply(ticket, text="Thanks.", by=world.tom)
        tickets.reply(ticket, text="Found it.", by=world.tom)

    assert "There is a new answer" in newest("tom@people.example").message
    assert "In the order." not in newest("tom@people.example").message
    assert newest("kim@samsung.example").subject == f"Ticket {ticket.pk}: new answer of Aurora"
    with acting_as(world.tom):
        assert Ticket.objects.get(pk=ticket.pk).state == State.IN_PROGRESS


def test_who_sees_the_customer_no_more_gets_no_letter_about_it(world):
    ticket = opened(world.tom, own=world.aurora, about=world.first)
    with acting_as(world.alice):
        tickets.reply(ticket, text="Mine, too.", by=world.alice)
    tom = Membership.objects.filter(user=world.tom)
    before = {who: len(letters(who)) for who in (world.tom.email, world.alice.email)}

    with acting_as(world.sam), as_operator():
        memberships.name_customers(tom.get(), [world.second])
        memberships.settle(tom.get())
        tickets.answer(ticket, text="In the order.", by=world.sam)

    more = {who: len(letters(who)) - number for who, number in before.items()}
    assert (seen_by(world, ticket), more) == ({"alice"}, {world.tom.email: 0, world.alice.email: 1})


def test_a_closed_ticket_takes_no_word_more(world):
    ticket = opened(world.tom, own=world.aurora)
    with acting_as(world.sam), as_operator():
        tickets.close(ticket, by=world.sam, by_samsung=True)

    with acting_as(world.tom), pytest.raises(RuleBroken, match=f"Ticket {ticket.pk} was closed on"):
        tickets.reply(ticket, text="One more thing.", by=world.tom)

    assert "Samsung support closed it" in newest("tom@people.example").html_message


def test_history_knows_the_number_and_never_the_text(world):
    ticket = opened(world.tom, own=world.aurora)

    with as_operator():
        event = Event.objects.get(verb="ticket.opened")
    assert event.sentence == f"opened ticket {ticket.pk}: Question"
    assert (event.msp_id, "invoice" in str(event.detail)) == (world.aurora.pk, False)


@pytest.mark.parametrize(
    ("name", "content", "kept"),
    [
        ("screen.png", PNG, "screen.png"),
        ("photo.JPG", b"\xff\xd8\xff\xe0rest", "photo.JPG"),
        ("scan", b"%PDF-1.7 rest", "scan.pdf"),
        ("device.log", "Zeile ä\nline".encode(), "device.log"),
        ("page.html", b"<script>alert(1)</script>", "page.html.txt"),
        ("../../etc/pass\x00wd.png", PNG, "passwd.png"),
        ('a"b\r\n.txt', b"x", "ab.txt"),
    ],
)
def test_a_file_is_what_its_first_bytes_say_and_its_name_is_safe(world, name, content, kept):
    opened(world.nora, files=[Sent(name, content)])

    with acting_as(world.nora):
        assert Attachment.objects.get().name == kept


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("tool.exe", b"MZ\x90\x00\x03"),
        ("screen.png", b"PK\x03\x04zip"),
        ("empty.txt", b""),
        ("big.log", b"a" * 5_000_001),
    ],
)
def test_other_files_are_refused_and_no_ticket_is_opened(world, name, content):
    with pytest.raises(RuleBroken, match=f"{name} is not a picture, PDF, text or log of up to 5 MB."):
        opened(world.nora, files=[Sent(name, content)])

    with as_operator():
        assert not Ticket.objects.exists()


def test_who_was_blocked_gets_no_letter_of_the_own_ticket(world):
    ticket = opened(world.tom, own=world.aurora)
    with as_operator():
        memberships.block(Membership.objects.get(user=world.tom, msp=world.aurora), by=world.alice)
    before = len(letters(world.tom.email))

    with acting_as(world.sam), as_operator():
        tickets.answer(ticket, text="It is under Orders.", by=world.sam)

    assert len(letters(world.tom.email)) == before


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"kind": Ticket.Kind.SUPER_ADMIN}, "Enter the email of the new super admin."),
        ({"kind": Ticket.Kind.SERVICE_REMOVAL}, "Choose the customer and at least one service."),
    ],
)
def test_a_wish_says_what_it_is_about(world, wish, said):
    with pytest.raises(RuleBroken, match=said):
        opened(world.alice, own=world.aurora, **wish)


@pytest.mark.parametrize("kind", [Ticket.Kind.DELETION, Ticket.Kind.SERVICE_REMOVAL])
def test_who_only_looks_at_a_customer_asks_for_nothing_to_be_taken_away(world, kind):
    own = {"own": world.aurora, "about": world.first, "services": [KnoxService.CONFIGURE]}

    with pytest.raises(RuleBroken, match="Your role does not let you change Fjordline"):
        opened(world.vera, kind=kind, **own)

    assert not Ticket.objects.exists()


@pytest.mark.parametrize(("who", "msp", "customer"), [("alice", "aurora", "foreign"), ("mira", "borealis", "first")])
def test_a_ticket_of_an_msp_is_about_a_customer_that_this_one_manages(world, who, msp, customer):
    about = getattr(world, customer)

    with pytest.raises(RuleBroken, match=f"{about.kcs_id} is not one of your customers"):
        opened(getattr(world, who), own=getattr(world, msp), about=about)


def test_nobody_writes_about_a_customer_that_left(world):
    with as_operator():
        Management.objects.filter(customer=world.first).update(state="ended", ended_at=timezone.now())

    with pytest.raises(RuleBroken, match="is not one of your customers"):
        opened(world.alice, own=world.aurora, about=world.first)


def test_only_a_samsung_admin_looks_after_a_ticket(world):
    ticket = opened(world.alice, own=world.aurora)

    with acting_as(world.sam), as_operator(), pytest.raises(RuleBroken, match="Choose a Samsung admin"):
        tickets.assign(ticket, to=world.alice, by=world.sam)


def _reply(world, ticket):
    """Tom writes on. Returns the letters about it to the two Samsung admins."""
    with acting_as(world.tom):
        tickets.reply(ticket, text="It came back.", by=world.tom)
    return [
        [one.message for one in letters(to) if "new answer of Aurora" in one.subject]
        for to in ("sam@samsung.example", "kim@samsung.example")
    ]


def test_samsung_hears_of_an_answer_also_where_nobody_looks_after_the_ticket(world):
    kim()
    ticket = opened(world.tom, own=world.aurora, about=world.first)
    assert _reply(world, ticket) == [[], []]  # it still waits in the queue

    with acting_as(world.sam), as_operator():
        tickets.answer(ticket, text="Is it still so?", by=world.sam)
    (to_sam,), (to_kim,) = _reply(world, ticket)

    assert all("that nobody looks after" in one for one in (to_sam, to_kim))


def test_an_answer_waits_for_all_where_its_admin_left_samsung(world):
    second = kim()
    ticket = opened(world.tom, own=world.aurora, about=world.first)
    with acting_as(world.sam), as_operator():
        tickets.assign(ticket, to=second, by=world.sam)
    second.groups.clear()

    to_sam, to_kim = _reply(world, ticket)

    assert (len(to_sam), to_kim) == (1, [])


def test_history_tells_a_ticket_given_back_from_one_given_and_nothing_of_the_same_again(world):
    ticket = opened(world.alice, own=world.aurora)

    with acting_as(world.sam), as_operator():
        for to in (None, world.sam, world.sam, None):
            tickets.assign(ticket, to=to, by=world.sam)
        said = Event.objects.about(ticket).exclude(verb="ticket.opened").values_list("verb", flat=True)

        assert list(said) == ["ticket.assigned_to_nobody", "ticket.assigned"]


def test_a_message_has_only_a_few_files(world):
    with pytest.raises(RuleBroken, match="files at once"):
        opened(world.nora, files=[Sent(f"{number}.png", PNG) for number in range(20)])
