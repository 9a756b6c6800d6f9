"""What can be wrong with a field, by its kind, and the sentence for it (words.md 7). A new kind must be added here."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from django import forms

from devices.pages.catalog_fields import CatalogFile, CatalogLines, ModelCode, Tacs
from devices.pages.upload_forms import DeviceFile, DeviceLines, LineNumber, OrderDate
from licensing.license_forms import Bought, Number
from licensing.reseller_forms import Price
from onboarding.forms.addresses import State, ZipCode
from onboarding.forms.customers import CustomerTags, TenantPrefix, Version
from portals.alert_forms import UntilDay
from rules import settings as rule
from services.fields import JsonObject, OneThing, SafeAddress, SomeThings
from services.modules.care import AcceptedOn
from services.modules.efota import Day, Firmware
from services.modules.guard import Operators, PaidUntil
from services.modules.manage import Apps
from support.pages.ticket_forms import Files
from tenants.fields import Country, Email, OneOf, Paragraphs, Phone, PublicId, Reason, SomeOf, Tick, Website, Words

type Bad = tuple[Any, str]
MISSING = object()
"""The parameter is not sent at all."""
TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
INVISIBLE = ["\x1b[31m", "\x7f", "\x85", "\u2028", "\u2029", "\ue000", "\ufffd", "\uffff"]


def _words(field: Words) -> dict[str, Bad]:
    unseen = f"{field.label} has characters that cannot be seen. Type it again."
    found: dict[str, Bad] = {
        "one letter too long": (
            "x" * (field.longest + 1),
            f"This has {field.longest + 1:,} letters. Use up to {field.longest:,}.",
        ),
        "100 kB": ("x" * 100_000, f"This has 100,000 letters. Use up to {field.longest:,}."),
        "NUL": ("Ber\x00lin", unseen),
        "only zero-width signs": ("\u200b\u2060\u3164", unseen),
    }
    found |= {f"U+{ord(one):04X} turns": (f"Ber{one}nil", unseen) for one in TURNING}
    found |= {f"invisible {one!a}": (f"Ber{one}lin", unseen) for one in INVISIBLE}
    if not isinstance(field, Paragraphs):
        found |= {f"line break {one!a}": (f"Ber{one}lin", unseen) for one in ("\n", "\r\n", "\r", "\t", "\x0b")}
    if field.required:
        needed = field.error_messages["required"]
        found |= {"missing": (MISSING, needed), "empty": ("", needed), "blank": (" \t\r\n\u00a0", needed)}
    return found


def _email(field: Email) -> dict[str, Bad]:
    typed = ["plain", "a@b", "a b@polaris.example", "pia@", "@polaris.example", "pia@polaris..example", "🙂@x.example"]
    typed += ['"a,b"@polaris.example', '"x@evil.example"@polaris.example', "<script>@x.example", "a,b@polaris.example"]
    sentence = "{} is not an email. It looks like name@company.example."
    return _words(field) | {f"not an email: {one}": (one, sentence.format(one)) for one in typed}


def _phone(field: Phone) -> dict[str, Bad]:
    typed = ["1234567", "030 1234567", "+123", "+49 30 CALL ME", "+٤٩٣٠١٢٣٤٥٦٧", "+" + "1" * 18, "++4930123456", "🙂"]
    sentence = "Start with + and the country code, then 6 to 14 digits."
    return _words(field) | {f"not a phone: {one}": (one, sentence) for one in typed}


def _website(field: Website) -> dict[str, Bad]:
    typed = ["polaris.example", "ftp://polaris.example", "javascript:alert(1)", "https://", "http://[", "https://a b"]
    sentence = "A web address starts with https:// or http://."
    return _words(field) | {f"not an address: {one}": (one, sentence) for one in typed}


def _public_id(field: PublicId) -> dict[str, Bad]:
    kind = field.wanted.words
    title = kind[0].upper() + kind[1:]
    others = {"4000000002": "a KCS Customer ID", "7000000005": "an MSP ID", "8000000003": "a Reseller ID"}
    found: dict[str, Bad] = {
        "nine digits": ("400000000", f"{title} has ten digits. 400000000 has 9."),
        "letters": ("40000O0002", f"{title} has ten digits and no other signs. Compare 40000O0002 with the original."),
        "a wrong digit": (
            "4000000003",
            "The last digit of 4000000003 does not fit the others, so one is wrong. Compare it with the original.",
        ),
    }
    found |= {
        f"another kind: {other}": (value, f"{value} is {other}. Here you need {kind}.")
        for value, other in others.items()
        if other != kind
    }
    return _words(field) | found


def _bought(field: Bought) -> dict[str, Bad]:
    field.up_to(rule.number(field.setting))
    return _number(field)


def _number(field: Number) -> dict[str, Bad]:
    typed = ["0", "-1", "1.5", "1e3", "many", "٣", "²", str(field.limit + 1), "9" * 20]
    return _words(field) | {f"not a number: {one}": (one, field.wrong) for one in typed}


def _price(field: Price) -> dict[str, Bad]:
    typed = ["-1", "1.250,00", "1,25.00", "1.234", "1e3", "free", "٣", "12345678901", ".5", "NaN"]
    return _words(field) | {f"not a price: {one}": (one, field.wrong) for one in typed}


def _one_of(field: OneOf) -> dict[str, Bad]:
    sentence = field.error_messages["invalid_choice"]
    first = next((value for value, _ in field.choices if value), "y")  # some get their choices with the page
    unknown = ["x", "<script>", "🙂", "a\x00b", f"{first} ", f"{first}x", "x" * 100_000, "None", "-1"]
    found: dict[str, Bad] = {f"not in the list: {one[:9]!a}": (one, sentence) for one in unknown}
    if field.required:
        needed = field.error_messages["required"]
        found |= {"missing": (MISSING, needed), "empty": ("", needed)}
    return found


def _some_of(field: SomeOf) -> dict[str, Bad]:
    sentence = field.error_messages["invalid_choice"]
    known = [value for value, _ in field.choices][:1]
    found: dict[str, Bad] = {
        "an unknown one": (["x"], sentence),
        "an unknown one beside a known one": ([*known, "x"], sentence),
        "NUL": (["a\x00b"], sentence),
        "a hundred unknown ones": ([f"x{number}" for number in range(100)], sentence),
        "empty": ([""], sentence),
    }
    return found | ({"missing": (MISSING, sentence)} if field.required else {})


def _tick(field: Tick) -> dict[str, Bad]:
    needed = field.error_messages["required"]
    return {"missing": (MISSING, needed), "empty": ("", needed), "false": ("false", needed)} if field.required else {}


def _version(field: Version) -> dict[str, Bad]:
    typed = ["x", "2026-13-45", "\x00", "🙂", "9" * 100_000, "0001-01-01T00:00:00", "9999-12-31T23:59:59-23:59"]
    return {f"not a version: {one[:9]!a}": (one, "") for one in [*typed, ""]}


def _password(field: forms.CharField) -> dict[str, Bad]:
    return {
        "missing": (MISSING, "Enter a new password."),
        "empty": ("", "Enter a new password."),
        "short": ("zq8#k", "This password is too short. It must contain at least 8 characters."),
        "common": ("password123", "This password is too common."),
        "too long": ("x" * 201, "This has 201 letters. Use up to 200."),
        "100 kB": ("x" * 100_000, "This has 100000 letters. Use up to 200."),
        "NUL": ("a long\x00 secret", "New password has characters that cannot be seen. Type it again."),
    }


def _model_code(field: ModelCode) -> dict[str, Bad]:
    sentence = "A model code has 2 to 30 letters and digits, and - or / inside. For example SM-S921B."
    return _words(field) | {f"not a code: {one}": (one, sentence) for one in ["S", "SM S921B", "SM_S921B", "-SM", "ÄÖ"]}


def _tacs(field: Tacs) -> dict[str, Bad]:
    sentence = "A TAC is the first eight digits of an IMEI. {} is not."
    typed = ["3521430", "352143000", "3521430O", "٣٥٢١٤٣٠٠"]
    return _words(field) | {f"not a TAC: {one}": (one, sentence.format(one)) for one in typed}


def _order_date(field: OrderDate) -> dict[str, Bad]:
    typed = ["24.11.2026", "2026-24-11", "2026-02-30", "1999-12-31", "0001-01-01", "26-11-24", "²⁰²⁶-11-24", "tomorrow"]
    return {f"not a day: {one}": (one, "An order date looks like 2026-11-24.") for one in typed}


def _accepted_on(field: AcceptedOn) -> dict[str, Bad]:
    typed = ["24.11.2026", "2026-24-11", "2026-02-30", "1999-12-31", "0001-01-01", "9999-12-31", "tomorrow"]
    return {f"not a day that was: {one}": (one, field.wrong) for one in typed}


def _paid_until(field: PaidUntil) -> dict[str, Bad]:
    typed = ["2999-01-01", "2020-01-01T10:00", "2026-02-30T10:00", "0001-01-01T00:00", "9999-12-31T23:59", "later", ""]
    return {f"not a time to come: {one}": (one, field.wrong) for one in typed} | {"missing": (MISSING, field.wrong)}


def _catalog_lines(field: CatalogLines | DeviceLines) -> dict[str, Bad]:
    return {"NUL": ("SM-S999B\x00", "Hidden characters damaged these lines. Paste them again as text.")}


def _one_thing(field: OneThing) -> dict[str, Bad]:
    sentence = field.error_messages["invalid_choice"]
    found: dict[str, Bad] = {
        f"no thing of the list: {one!a}": (one, sentence) for one in ("x", "0", "-1", "²", "9" * 30)
    }
    return found | {"missing": (MISSING, sentence), "empty": ("", sentence)}


def _some_things(field: SomeThings) -> dict[str, Bad]:
    sentence = field.error_messages["invalid_choice"]
    return {f"no thing of the list: {one!a}": ([one], sentence) for one in ("x", "0", "-1", "a\x00b", "9" * 30)}


def _json(field: JsonObject) -> dict[str, Bad]:
    sentence = 'Start with { and end with }, as in {"server": "https://mdm.example"}.'
    found: dict[str, Bad] = {f"no object: {one}": (one, sentence) for one in ("[]", "1", '"x"', "null", "true")}
    number = "This has a number that JSON does not know. Correct it."
    found |= {f"no number: {one}": ('{"a": ' + one + "}", number) for one in ("NaN", "-Infinity")}
    return _words(field) | found | {"not JSON": ("{", "Line 1, sign 2: this is not JSON. Correct it.")}


def _safe_address(field: SafeAddress) -> dict[str, Bad]:
    typed = ["http://mdm.example", "mdm.example", "javascript:alert(1)", "https://", "https://a b"]
    return _words(field) | {f"not an address: {one}": (one, "This address starts with https://.") for one in typed}


def _day(field: Day) -> dict[str, Bad]:
    typed = ["24.11.2026", "2026-24-11", "2026-02-30", "tomorrow", "²⁰²⁶-11-24"]
    found: dict[str, Bad] = {f"not a day: {one}": (one, "A day looks like 2026-11-24.") for one in typed}
    needed = field.error_messages["required"]
    return found | ({"missing": (MISSING, needed), "empty": ("", needed)} if field.required else {})


def _until_day(field: UntilDay) -> dict[str, Bad]:
    typed = ["24.11.2026", "2026-24-11", "2026-02-30", "tomorrow", "²⁰²⁶-11-24"]
    return {f"not a day: {one}": (one, UntilDay.wrong) for one in typed}


def _firmware(field: Firmware) -> dict[str, Bad]:
    sentence = (
        "Line 1: write device model, sales code and firmware version with commas, as in SM-S921B, EUX, "
        "S921BXXS4AXK1. For the newest version write latest."
    )
    typed = ["SM-S921B", "SM-S921B, EUX", "S921B, EUX, latest", "SM-S921B; EUX; latest", "SM-S921B, EUX, x"]
    twice = "SM-S921B, EUX, latest\nSM-S921B, EUX, latest"
    again = "Line 2: SM-S921B with EUX stands above already. Keep one of them."
    return _words(field) | {f"not firmware: {one}": (one, sentence) for one in typed} | {"twice": (twice, again)}


def _apps(field: Apps) -> dict[str, Bad]:
    sentence = "{} is not the name of an app. It looks like com.example.app."
    return _words(field) | {f"no app: {one}": (one, sentence.format(one)) for one in ("app", "com.", "com..x", "1.x")}


def _operators(field: Operators) -> dict[str, Bad]:
    sentence = "{} is not the number of a network. It has five or six digits: 26201."
    return _words(field) | {f"no network: {one}": (one, sentence.format(one)) for one in ("1", "2620100", "x", "²²²²²")}


def _prefix(field: TenantPrefix) -> dict[str, Bad]:
    sentence = "A prefix has letters, digits and . - _ inside. It does not start or end with a period."
    return _words(field) | {f"no prefix: {one}": (one, sentence) for one in (".berlin", "berlin.", "a b", "münchen")}


def _whole_number(field: forms.IntegerField) -> dict[str, Bad]:
    sentence = field.error_messages["invalid"]
    typed = ["0", "-1", "1.5", "many", str((field.max_value or 0) + 1), "9" * 20]
    return {f"not a number: {one}": (one, sentence) for one in typed}


def _customer_tags(field: CustomerTags) -> dict[str, Bad]:
    many = ",".join(f"tag {number}" for number in range(21))
    return _words(field) | {
        "a tag too many": (many, "A customer can have 20 tags; this one has 21."),
        "a long tag": ("a" * 41, "This tag has 41 letters. Use up to 40."),
    }


KINDS: dict[type[forms.Field], Callable[[Any], dict[str, Bad]]] = {
    Words: _words,
    Paragraphs: _words,
    Reason: _words,
    Email: _email,
    Phone: _phone,
    Website: _website,
    ZipCode: _words,
    State: _words,
    PublicId: _public_id,
    Number: _number,
    Bought: _bought,
    Price: _price,
    OneOf: _one_of,
    Country: _one_of,
    SomeOf: _some_of,
    Tick: _tick,
    Version: _version,
    ModelCode: _model_code,
    Tacs: _tacs,
    CatalogLines: _catalog_lines,
    CatalogFile: lambda field: {},  # text is no file
    DeviceFile: lambda field: {},
    Files: lambda field: {},
    DeviceLines: _catalog_lines,
    OrderDate: _order_date,
    AcceptedOn: _accepted_on,
    PaidUntil: _paid_until,
    LineNumber: lambda field: {},  # the page sends it; another one leads back to the upload
    OneThing: _one_thing,
    SomeThings: _some_things,
    JsonObject: _json,
    SafeAddress: _safe_address,
    Day: _day,
    UntilDay: _until_day,
    Firmware: _firmware,
    Apps: _apps,
    Operators: _operators,
    TenantPrefix: _prefix,
    CustomerTags: _customer_tags,
    forms.IntegerField: _whole_number,
    forms.CharField: _password,  # the only one so far is a password
}


def bad(field: forms.Field, needed: str | None = None) -> dict[str, Bad]:
    """The badness of this field; `needed` is the sentence where nothing came, if the form has its own."""
    if needed:
        field = deepcopy(field)
        field.error_messages["required"] = needed
    return KINDS[type(field)](field)
