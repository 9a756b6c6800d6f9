"""What each kind of thing looks like as a form that is filled in well: typed, and as the form cleans it.

A service that is declared and missing here fails in tests/services/test_thing_pages.py.
"""

from typing import Any

from services.console import Kind
from services.fields import naming
from services.things import as_json

TYPED: dict[tuple[str, str], dict[str, Any]] = {
    ("KC", "profile"): {
        "edition": "dynamic", "knox_version": "3.12", "wallpaper": "Property of Fjordline", "allow_camera": "on",
        "support_email": "help@aurora.example", "support_phone": "+4681234567", "company": "Fjordline",
        "routines": "Restart at night",
    },
    ("KME", "profile"): {"type": "basic", "mdm": "intune", "company": "Fjordline", "system_apps": "on"},
    ("KE", "campaign"): {
        "description": "Autumn", "starts": "2026-01-01", "ends": "", "install_from": "22:00", "install_to": "05:00",
        "weekend": "on", "download": "custom", "download_from": "20:00", "download_to": "06:00", "reminder": "on",
        "firmware": "SM-S921B, EUX, latest",
    },
    ("KM", "profile"): {
        "screen_lock": "pin6", "locks_after": "5", "allow_camera": "on", "allow_usb": "", "allow_bluetooth": "on",
        "apps": "com.example.routes",
    },
    ("KM", "user"): {"email": "kari@fjordline.example", "phone": "+4781234567", "department": "Fleet"},
    ("KM", "group"): {"members": [], "note": "Drivers"},
    ("SC+", "plan"): {
        "benefit": "adh", "months": "24", "eligible_days": "60", "claim_limit": "10", "country": "",
        "files_claims": "By phone",
    },
}  # fmt: skip


def cleaned(service: str, kind: Kind, named: dict[str, int] | None = None) -> dict[str, Any]:
    """As the form cleans what is typed. `named`: keys of the other things that it names, by field."""
    ones, lists = naming(kind.form)
    form = kind.form(TYPED[service, kind.code])
    for name in (*ones, *lists):
        del form.fields[name]
    assert form.is_valid(), form.errors
    return as_json(form.cleaned_data) | {name: [] for name in lists} | (named or {})
