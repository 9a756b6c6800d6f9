"""Garbage in every address, query and form of every route: an answer, never a 500. The routes are found."""

from collections.abc import Iterator
from urllib.parse import quote, urlencode
from wsgiref.util import setup_testing_defaults

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from hypothesis import given, settings
from hypothesis import strategies as st
from post_office.models import Email

from accounts.acting import acting_as, as_operator
from accounts.models import User
from devices.models import Device, ResellerCustomer
from msp_portal.wsgi import application as wsgi_application
from onboarding.forms.customers import AddServicesForm
from portals.forms import PreferencesForm
from tenants import exports
from tests.bad_input.garbage import answered, signed_in, values
from tests.bad_input.pages import PAGES
from tests.bad_input.pages.onboarding import CONFIRM, JOIN
from tests.devices import sending
from tests.mail.letters import letters, token
from tests.world import World, application

pytestmark = pytest.mark.django_db


def patterns(under: URLResolver, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in under.url_patterns:
        if isinstance(one, URLResolver):
            yield from patterns(one, before + str(one.pattern))
        else:
            yield before + str(one.pattern), one


ROUTES = dict(patterns(get_resolver()))
SLOW = {"healthz"}  # waits for a worker that is not there
# Who belongs there, by the start of the address; Nora has an account and no place.
RIGHT = {"customers/": "alice", "palette/": "alice", "exports/": "alice", "samsung/": "sam", "reseller/": "rita"}
RIGHT |= {"license-reseller/": "lena", "admin-portal/": "carl", "launch/": "alice"}
RIGHT |= {"msp/": "alice", "devices/": "alice", "uploads/": "alice", "licenses/": "alice", "orders/": "alice"}

# Values ----------------------------------------------------------------------------------------------------------

QUERIES = [
    "q", "service", "access", "status", "sort", "after", "before", "kcs", "view", "program", "region", "again", "next",
    "added", "to", "page", "key", "reauth", "state", "tag", "model", "upload", "device", "all", "problem", "approves",
    "customer", "severity", "kind", "topic", "assigned", "licenses", "alerts", "mark",
]  # fmt: skip
KNOWN = ["KC", "none", "active", "-added", "name", "modified", "waiting", "msp", "reseller", "europe", "/customers/"]
KNOWN += ["snoozed", "critical", "seats", "open", "me", "pending", "mpts", "error", "SM-S921B", "number", "model", "1"]
queries = st.lists(st.tuples(st.sampled_from(QUERIES), st.one_of(st.sampled_from(KNOWN), values)), max_size=4)

FORMS = {form for at in PAGES for form in [at.form]} | {PreferencesForm, AddServicesForm}
OTHERS = [
    "login", "password", "remember", "email", "oldpassword", "password1", "password2", "code", "key", "action_add",
    "action_send", "action_remove", "action_primary", "credential", "name", "id", "unknown", "next",
]  # fmt: skip
FIELDS = sorted({name for form in FORMS for name in form.base_fields} | set(OTHERS))
garbage = st.lists(st.tuples(st.sampled_from(FIELDS), values), max_size=6)

TYPES = [
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-16",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "multipart/form-data; boundary=\u00e9",
    "application/json",
    "text/plain",
    "",
    ";;;=",
]
BODIES = [b"", b"\xff\xfe\x00", b"a=%ff&%00=%00", b"&&&===", b"{}", b"[" * 5000, b"--x\r\n", b"--x--\r\n", b"x" * 5000]
BODIES += [b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\n\xff\x00\r\n--x--\r\n']
BODIES += [b'--x\r\nContent-Disposition: form-data; name="name"; filename="a"\r\n\r\nfile\r\n--x--\r\n']


class Sent:
    """One request: who, how and with what. Drawn anew for each example."""

    def __init__(self, draw: st.DataObject, route: str, world: World, known: dict[str, list[str]]) -> None:
        right = next((person for start, person in RIGHT.items() if route.startswith(start)), "nora")
        self.person: User | None = draw.draw(st.sampled_from([getattr(world, right), None]), "person")
        self.path = "/" + self._path(draw, ROUTES[route], route, known)
        query = draw.draw(queries, "query")
        self.url = f"{self.path}?{urlencode(query)}" if query else self.path
        self.htmx = draw.draw(st.booleans(), "htmx")

    def _path(self, draw: st.DataObject, pattern: URLPattern, route: str, known: dict[str, list[str]]) -> str:
        path = route
        for name, converter in pattern.pattern.converters.items():
            kind = type(converter).__name__
            wanted = known.get(f"{kind}:{name}", known.get(kind, []))
            text = draw.draw(st.one_of(st.sampled_from(wanted), _part(kind)) if wanted else _part(kind), name)
            path = _filled(path, name, quote(text, safe=""))
        if "(?P<uidb36>" in path:
            uid, key = draw.draw(st.sampled_from(["0", "1", "z" * 13, "z" * 40])), draw.draw(values.filter(bool))
            path = path.partition("^")[0] + f"{uid}-{quote(key, safe='')}/"
        if "(?P<key>" in path:
            path = path.partition("^")[0] + f"{quote(draw.draw(values.filter(bool)), safe='')}/"
        if "(?P<path>" in path:
            path = ("api/" if "api" in path else "") + quote(draw.draw(values)) + "/"
        return path

    def headers(self) -> dict[str, str]:
        return {"HX-Request": "true", "HX-Current-URL": "\u00e9"} if self.htmx else {}


def _part(kind: str) -> st.SearchStrategy[str]:
    if kind == "IntConverter":
        return st.integers(0).map(str)
    if kind == "UUIDConverter":
        return st.uuids().map(str)
    return values.filter(lambda text: bool(text) and "/" not in text)


def _filled(path: str, name: str, text: str) -> str:
    start = path.index(next(mark for mark in (f":{name}>", f"<{name}>") if mark in path))
    opening, closing = path.rindex("<", 0, start + 1), path.index(">", start)
    return path[:opening] + text + path[closing + 1 :]


def known_values(world: World) -> dict[str, list[str]]:
    """Values that lead somewhere, so that garbage reaches the code behind the doors."""
    sent = application(world.nora)
    CONFIRM.url(world)
    JOIN.url(world)
    with acting_as(world.alice):
        export = exports.request("customers", maker="none", params={"query": ""}, msp=world.aurora, by=world.alice)
    tokens = [token(letters(email)[-1]) for email in ("pia@polaris.example", "karin@kestrel.example")]
    return {
        "StringConverter:kcs_id": [world.first.kcs_id, world.foreign.kcs_id],
        "StringConverter:program": ["msp", "reseller"],
        "StringConverter:portal": ["msp", "samsung", "customer"],
        "StringConverter:name": ["terms_of_use"],
        "StringConverter:token": tokens,
        "IntConverter:organization_id": [str(world.aurora.pk), "0"],
        **devices_of(world),
        "UUIDConverter": [str(sent.pk), str(export.pk)],
    }


def devices_of(world: World) -> dict[str, list[str]]:
    """What the numbers below a customer may name: an upload of its own side, a device, what its reseller sent."""
    upload = sending.added(world.alice, [sending.imei(1), "3.5E+14"], customer=world.first)
    approval = sending.waiting(world, [sending.imei(2), "3.5E+14"], customer=world.first)
    with as_operator():
        relation, own = ResellerCustomer.objects.get(), Device.objects.get(approval__upload=upload)
    return {
        "IntConverter:upload_id": [str(upload.pk), str(approval.upload_id)],
        "IntConverter:pk": [str(one.pk) for one in (approval, relation, own)],
    }


@pytest.fixture(scope="module")
def known(_world_of_this_module: World) -> dict[str, list[str]]:
    Email.objects.all().delete()
    return known_values(_world_of_this_module)


def test_every_route_is_found() -> None:
    assert {"customers/add/", "samsung/applications/<uuid:pk>/reject/", "accounts/login/"} <= set(ROUTES)


@pytest.mark.parametrize("route", [one for one in ROUTES if one not in SLOW])
@given(draw=st.data())
@settings(max_examples=4)
def test_garbage_in_an_address_is_answered(
    world: World, known: dict[str, list[str]], route: str, draw: st.DataObject
) -> None:
    sent = Sent(draw, route, world, known)
    method = draw.draw(st.sampled_from(["GET", "GET", "HEAD", "OPTIONS", "PUT", "DELETE"]), "method")

    answered(signed_in(sent.person).generic(method, sent.url, headers=sent.headers()))


@pytest.mark.parametrize("route", [one for one in ROUTES if one not in SLOW])
@given(draw=st.data())
@settings(max_examples=4)
def test_garbage_in_a_form_is_answered(
    world: World, known: dict[str, list[str]], route: str, draw: st.DataObject
) -> None:
    sent = Sent(draw, route, world, known)
    body: dict[str, list[str]] = {}
    for name, value in draw.draw(garbage, "body"):
        body.setdefault(name, []).append(value)

    answered(signed_in(sent.person).post(sent.url, body, headers=sent.headers()))


@pytest.mark.parametrize("route", [one for one in ROUTES if one not in SLOW])
@given(draw=st.data())
@settings(max_examples=2)
def test_a_body_that_is_no_form_is_answered(
    world: World, known: dict[str, list[str]], route: str, draw: st.DataObject
) -> None:
    sent = Sent(draw, route, world, known)
    kind, body = draw.draw(st.sampled_from(TYPES), "type"), draw.draw(st.sampled_from(BODIES), "body")

    answered(signed_in(sent.person).generic("POST", sent.url, body, content_type=kind))


@pytest.mark.parametrize("person", ["alice", None])
@pytest.mark.parametrize(
    "path",
    [
        "/%00/", "/%ff%fe/", "/customers/%00/", "/customers/%ff/", "/customers/%00%00/account/", "/customers/%F0%9F/",
        "/customers/4000000002%00/", "/customers/²²²²²²²²²²/", "/customers/?q=%00", "/customers/?q=%ff%fe",
        "/customers/?q=a%ED%9F%BF", "/customers/?q=%F4%8F%BF%BF", "/customers/?kcs=%00%00%00%00%00%00%00%00%00%00",
        "/customers/export/?kcs=%00%00%00%00%00%00%00%00%00%00", "/palette/?q=%00", "/palette/?q=%ED%9F%BF",
        "/customers/?status=%00&access=%00&service=%00&sort=%00", "/join/%00/", "/apply/confirm/%00/", "/apply/%00/",
        "/launch/%00/1/", "/launch/msp/" + "9" * 300 + "/", "/terms/%00/", "/accounts/login/?next=%00",
        "/accounts/login/?next=//evil.example", "/accounts/password/reset/key/1-%00/",
        "/accounts/password/reset/key/" + "z" * 300 + "-x/", "/accounts/confirm-email/%00/", "/api/%00",
        "/apply/msp/?again=%00", "/" + "a" * 3000 + "/",
    ],
)  # fmt: skip
def test_an_address_made_by_hand_is_answered(world: World, person: str | None, path: str) -> None:
    client = signed_in(getattr(world, person) if person else None)

    answered(client.get(path))


@pytest.mark.parametrize("path", ["/samsung/applications/?q=%00", "/samsung/applications/?q=%ED%9F%BF",
                                  "/samsung/applications/?q=%F4%8F%BF%BF&view=%00&program=%00&region=%00"])  # fmt: skip
def test_a_search_of_the_queue_made_by_hand_is_answered(world: World, path: str) -> None:
    answered(signed_in(world.sam).get(path))


@pytest.mark.parametrize("charset", ["utf-7", "utf-16", "raw_unicode_escape", "base64", "rot13", "idna", "x"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"])
@pytest.mark.parametrize("named", ["charset={}", "charset = {}", "charset=utf-8; charset={}", "charset*=x''{}"])
def test_another_charset_is_refused_before_django_decodes_it(db: None, kind: str, charset: str, named: str) -> None:
    environ = {"REQUEST_METHOD": "POST", "PATH_INFO": "/apply/msp/", "QUERY_STRING": "q=%41", "CONTENT_LENGTH": "0"}
    environ["CONTENT_TYPE"] = f"{kind}; {named.format(charset)}"
    setup_testing_defaults(environ)
    said: list[str] = []

    wsgi_application(environ, lambda status, headers: said.append(status))

    assert said == ["415 Unsupported Media Type"]
