"""Which browser somebody uses, in words, and whether it is one that this person has used before."""

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from accounts.models import User

# In this order: each program also names those that it descends from.
PROGRAMS = {"Edg": "Edge", "OPR/": "Opera", "SamsungBrowser": "Samsung Internet", "Firefox": "Firefox"}
PROGRAMS |= {"Chrome": "Chrome", "Safari": "Safari"}
SYSTEMS = {"iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows", "Mac OS": "Mac"}
SYSTEMS |= {"CrOS": "Chrome OS", "Linux": "Linux"}
_COOKIE = "known_browser"
_YEAR = 60 * 60 * 24 * 365
_MOST = 20
"""So many people of one browser are remembered."""


def named(user_agent: str) -> str:
    """ "Firefox on Windows": enough to recognize one's own device."""
    program = next((name for sign, name in PROGRAMS.items() if sign in user_agent), "A browser")
    system = next((name for sign, name in SYSTEMS.items() if sign in user_agent), "")
    return f"{program} on {system}" if system else program


def is_known(request: HttpRequest, person: User) -> bool:
    """Whether this person has signed in with this browser within the last year."""
    return person.pk in _people(request)


def remember(request: HttpRequest, response: HttpResponse, person: User) -> None:
    people = [person.pk, *(one for one in _people(request) if one != person.pk)][:_MOST]
    response.set_cookie(
        _COOKIE,
        signing.dumps(people, salt=_COOKIE),
        max_age=_YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _people(request: HttpRequest) -> list[int]:
    try:
        people: list[int] = signing.loads(request.COOKIES.get(_COOKIE, ""), salt=_COOKIE, max_age=_YEAR)
    except signing.BadSignature:
        return []
    return people
