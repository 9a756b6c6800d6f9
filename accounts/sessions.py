"""Where a person is signed in: whether a session still lives, and ending it."""

from importlib import import_module

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.utils.crypto import constant_time_compare

from accounts.models import User


def lives(key: str, *, of: User) -> bool:
    """Whether somebody could go on in this session: not ended, not too old, and the password is still the same."""
    session = _session(key)
    if session.get(SESSION_KEY) != str(of.pk):
        return False
    known = session.get(HASH_SESSION_KEY, "")
    hashes = (of.get_session_auth_hash(), *of.get_session_auth_fallback_hash())
    return any(constant_time_compare(known, one) for one in hashes)


def end(key: str, *, of: User) -> None:
    """Sign that browser out. Its next click asks to sign in."""
    if lives(key, of=of):
        _session().delete(key)
    UserSession.objects.filter(user=of, session_key=key).delete()


def end_all(of: User) -> None:
    """Sign a person out everywhere."""
    for key in UserSession.objects.filter(user=of).values_list("session_key", flat=True):
        end(key, of=of)


def _session(key: str | None = None) -> SessionBase:
    store: type[SessionBase] = import_module(settings.SESSION_ENGINE).SessionStore
    return store(key)
