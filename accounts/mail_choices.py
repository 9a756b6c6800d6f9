"""Which emails people do not want (knox.md 9.5: opt-out per service), and the link that stops one sort for good.

A topic is a word that the letter and the page of the email settings agree on: `uploads`, `licenses:KC`, `digest`.
Security, consent and legal mails have none and always go out (words.md 4).
"""

from collections.abc import Iterable, Iterator

from django.core.signing import BadSignature, Signer
from django.db import transaction

from accounts.models import UnwantedMail, User

_SIGNER = Signer(salt="accounts.mail_choices", sep=".")


def readers(people: Iterable[User], topic: str) -> Iterator[tuple[User, str]]:
    """Those who want letters of this topic, each with the token that stops them. One query."""
    people = list(people)
    against = set(UnwantedMail.objects.filter(user__in=people, topic=topic).values_list("user_id", flat=True))
    return ((person, stop_token(person, topic)) for person in people if person.pk not in against)


def unwanted(user: User) -> set[str]:
    return set(UnwantedMail.objects.filter(user=user).values_list("topic", flat=True))


@transaction.atomic
def save(user: User, *, digest_hour: int, topics: Iterable[str], wanted: Iterable[str]) -> None:
    """Of `topics`, which this person could choose from, want `wanted` and no other."""
    user.digest_hour = digest_hour
    user.save(update_fields=["digest_hour"])
    topics, wanted = set(topics), set(wanted)
    UnwantedMail.objects.filter(user=user, topic__in=topics & wanted).delete()
    refused = [UnwantedMail(user=user, topic=topic) for topic in sorted(topics - wanted)]
    UnwantedMail.objects.bulk_create(refused, ignore_conflicts=True)


def stop_token(user: User, topic: str) -> str:
    """Names person and topic, signed. It has no end: people stop emails that are months old."""
    return _SIGNER.sign_object([user.pk, topic])


def read(token: str) -> tuple[User, str] | None:
    """Whose emails about what this token stops; None if we did not sign it or the person is gone."""
    try:
        user_id, topic = _SIGNER.unsign_object(token)
    except BadSignature:
        return None
    user = User.objects.filter(pk=user_id).first()
    return (user, topic) if user else None


def stop(user: User, topic: str) -> None:
    """From now on no letter of this topic. As often as asked: mail programs ask twice."""
    UnwantedMail.objects.bulk_create([UnwantedMail(user=user, topic=topic)], ignore_conflicts=True)


def start(user: User, topic: str) -> None:
    """Take a stop back."""
    UnwantedMail.objects.filter(user=user, topic=topic).delete()
