"""Invitations: a link that works once, for seven days, whoever has an account."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.acting import acting_as, as_operator
from accounts.models import User
from accounts.rate_limits import LIMITS, Limit
from rules.errors import RuleBroken
from tenants import administrators, invitations
from tenants.models import Customer, InvitationLink, Membership
from tests.mail.letters import letters, newest_token

PIA = {"first_name": "Pia", "last_name": "Vogel", "email": "pia@aurora.example"}
Scope = Membership.Scope


def role(world, name="Technician"):
    with as_operator():
        return world.aurora.roles.get(name=name)


def invite(world, **more):
    with acting_as(world.alice):
        return invitations.invite(world.aurora, by=world.alice, **({**PIA, "role": role(world)} | more))


def page(email=PIA["email"]):
    return reverse("administrator-join", args=[newest_token("invitations", email)])


def state(email=PIA["email"]):
    with as_operator():
        return Membership.objects.get(email=email).state


def test_a_new_person_sets_a_password_and_is_in(world, client):
    invite(world, scope=Scope.SOME, customers=[world.first])

    response = client.post(page(), {"password": "a long secret"})

    pia = User.objects.get(email=PIA["email"])
    with acting_as(pia):
        assert {one.name for one in Customer.objects.all()} == {"Fjordline Freight"}
    assert (response.status_code, state()) == (302, "active")
    assert client.get(reverse("customer-list")).status_code == 200


def test_a_refused_form_says_that_it_kept_what_was_typed_unless_it_asks_for_a_password(world, client):
    invite(world)
    kept = "We kept everything you typed."

    password = client.post(page(), {"password": "short"})
    client.force_login(world.alice)
    name = client.post(reverse("administrator-invite"), {"first_name": "Pia"})

    assert [password.status_code, name.status_code] == [422, 422]
    assert "1 field needs a correction." in password.text
    assert (kept in password.text, kept in name.text) == (False, True)


def test_looking_changes_nothing(world, client):
    invite(world)

    for method in (client.get, client.head, client.get):
        assert method(page()).status_code == 200

    assert (state(), User.objects.filter(email=PIA["email"]).exists()) == ("pending", False)


def test_who_has_an_account_signs_in_first(world, client):
    invite(world, email=world.nora.email)
    url = page(world.nora.email)

    nobody = client.post(url, {"password": "taken over from here"})
    client.force_login(world.vera)
    other = client.post(url)
    client.force_login(world.nora)
    joined = client.post(url)

    assert (nobody.status_code, other.status_code, joined.status_code) == (200, 200, 302)
    assert state(world.nora.email) == "active"
    assert not User.objects.get(pk=world.nora.pk).has_usable_password()


def test_a_letter_says_the_same_to_those_with_an_account(world):
    invite(world)
    invite(world, email=world.nora.email)

    new, known = letters(PIA["email"])[0].message, letters(world.nora.email)[0].message
    assert new.replace(newest_token("invitations", PIA["email"]), "") == known.replace(
        newest_token("invitations", world.nora.email), ""
    )


def test_the_letter_names_no_customer(world):
    invite(world, scope=Scope.SOME, customers=[world.first])

    mail = letters(PIA["email"])[0]
    assert mail.subject == "Aurora invites you to the Knox MSP Portal"
    assert "the role Technician for 1 customer." in mail.message
    assert "Fjordline" not in mail.message


def test_a_new_link_voids_the_old_one(world, client):
    person = invite(world)
    old = page()
    with acting_as(world.alice):
        invitations.send_again(person, by=world.alice)

    assert (client.get(old).status_code, client.get(page()).status_code) == (410, 200)


def test_a_revoked_invitation_no_longer_works(world, client):
    person = invite(world)
    with acting_as(world.alice):
        invitations.revoke(person, by=world.alice)

    response = client.post(page(), {"password": "a long secret"})

    assert (response.status_code, state()) == (410, "revoked")
    assert "This invitation no longer works. Ask Aurora for a new one." in response.content.decode()


def test_a_revoked_invitation_is_neither_changed_nor_sent_again(world):
    person = invite(world)
    with acting_as(world.alice):
        invitations.revoke(person, by=world.alice)

        with pytest.raises(RuleBroken, match=r"You revoked the invitation of pia@aurora\.example"):
            administrators.change(person, role=role(world), by=world.alice)
        with pytest.raises(RuleBroken, match="is not open: the person is"):
            invitations.send_again(person, by=world.alice)


def test_an_invitation_is_for_the_address_it_was_sent_to(world):
    invite(world)

    with acting_as(world.nora), pytest.raises(RuleBroken) as no:
        invitations.accept(newest_token("invitations", PIA["email"]), by=world.nora)

    assert (no.value.status, state()) == (403, "pending")


def test_who_was_blocked_does_not_come_back_by_an_invitation_to_a_new_address(world, client):
    invite(world)
    User.objects.filter(pk=world.blake.pk).update(email=PIA["email"])  # as after a confirmed change
    client.force_login(User.objects.get(pk=world.blake.pk))

    answer = client.post(page())

    assert (answer.status_code, "Aurora stopped your sign-in. Ask its super admin." in answer.text) == (403, True)


def test_who_may_not_change_a_person_does_not_revoke_the_invitation(world):
    person = invite(world, role=role(world, "Super Admin"))
    with acting_as(world.alice):
        vera = Membership.objects.get(user=world.vera, msp=world.aurora)
        administrators.change(vera, role=role(world, "Admin"), by=world.alice)

    with acting_as(world.vera), pytest.raises(RuleBroken, match="You can change only people whose rights you have"):
        invitations.revoke(person, by=world.vera)

    assert state() == "pending"


def test_a_link_works_for_seven_days(world, client):
    invite(world)

    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1), tick=False):
        assert client.get(page()).status_code == 410


def test_a_link_works_once(world, client):
    invite(world)
    client.post(page(), {"password": "a long secret"})

    assert client.post(page(), {"password": "another secret"}).status_code == 410


def test_only_the_hash_of_a_link_is_stored(world):
    invite(world)

    with as_operator():
        assert InvitationLink.objects.get().token_hash != newest_token("invitations", PIA["email"])
    with acting_as(world.alice):
        assert not InvitationLink.objects.exists()


def test_a_colleague_is_not_invited_twice(world):
    with pytest.raises(invitations.AlreadyHere, match="is already an administrator here") as refused:
        invite(world, email=world.vera.email)

    assert refused.value.membership.user == world.vera


def test_a_revoked_person_can_be_invited_again(world, client):
    person = invite(world)
    with acting_as(world.alice):
        invitations.revoke(person, by=world.alice)
    again = invite(world)

    assert (again.pk, client.get(page()).status_code) == (person.pk, 200)


def test_nobody_gives_more_than_the_own_role_has(world):
    with acting_as(world.alice):
        who = Membership.objects.get(user=world.vera, msp=world.aurora)
        administrators.change(who, role=role(world, "Admin"), by=world.alice)

    with acting_as(world.vera), pytest.raises(RuleBroken, match="You can give only rights that you have"):
        invitations.invite(world.aurora, by=world.vera, role=role(world, "Super Admin"), **PIA)


def test_good_lines_of_a_file_are_kept_and_bad_ones_named(world, client):
    client.force_login(world.alice)
    text = f"First name,Last name,Email\nPia,Vogel,{PIA['email']}\nNo,Mail,\nVera,Example,{world.vera.email}\nX,Y,z\n"
    file = SimpleUploadedFile("people.csv", text.encode())

    response = client.post(reverse("administrator-invite"), {"file": file, "role": role(world).pk, "scope": "all"})

    said = response.content.decode()
    assert (response.status_code, state()) == (200, "pending")
    assert "The email is missing." in said
    assert "is already an administrator here" in said
    assert "z is not an email." in said
    assert "Line 3" in said


def test_a_file_beyond_the_limit_of_a_day_is_sent_as_far_as_it_goes(world, client, monkeypatch):
    monkeypatch.setitem(LIMITS, "invite", Limit(2, 86_400, "invitations", "a day"))
    client.force_login(world.alice)

    first, second = (send_file(world, client, *names) for names in (["a"], ["b", "c", "d"]))

    with as_operator():
        invited = Membership.objects.filter(email__endswith="@many.example").order_by("email")
        assert [one.email for one in invited] == ["a@many.example", "b@many.example"]
    assert (first.status_code, second.status_code) == (200, 200)
    assert "We emailed b@many.example." in second.text
    assert "We did not email c@many.example. We allow 2 invitations in a day. You can go on at " in second.text
    assert "3 lines, 2 with a problem" in second.text


def test_lines_that_were_not_sent_can_be_sent_the_next_day(world, client, monkeypatch):
    monkeypatch.setitem(LIMITS, "invite", Limit(1, 86_400, "invitations", "a day"))
    client.force_login(world.alice)
    send_file(world, client, "a", "b")

    cache.clear()  # the day is over
    response = send_file(world, client, "b")

    assert "We emailed b@many.example." in response.text


def send_file(world, client, *names):
    text = "".join(f"{name},Example,{name}@many.example\n" for name in names)
    file = SimpleUploadedFile("people.csv", text.encode())
    return client.post(reverse("administrator-invite"), {"file": file, "role": role(world).pk, "scope": "all"})


def test_an_invited_person_is_pending_in_the_list(world, client):
    invite(world)
    client.force_login(world.alice)

    listed = client.get(reverse("administrators"), {"status": "pending"}).content.decode()

    assert ("Pia Vogel" in listed, "Vera Example" in listed) == (True, False)
