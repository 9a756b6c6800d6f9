"""The kinds of license that Samsung sells, as data (knox.md 5.2). The verbs read the columns, never the codes."""

from typing import Any

DEVICE, SEAT = "device", "seat"
GROW, BOTH, NONE = "grow", "both", "none"


def _product(code: str, name: str, *services: str, prefix: str, **rules: Any) -> dict[str, Any]:
    usual = {"edition": DEVICE, "transferable": False, "extendable": False, "seat_change": NONE}
    return {"code": code, "name": name, "service": services[0], "services": list(services), "key_prefix": prefix} | (
        usual | rules
    )


_KC = {"prefix": "KLM05", "has_grace": True}
_SEATS = {"edition": SEAT, "transferable": True, "extendable": True, "seat_change": BOTH}
_TRIAL = {"is_trial": True, "transferable": True, "family": "trial"}

PRODUCTS = [
    _product("kc-setup", "Knox Configure Setup", "KC", family="setup", extendable=True, seat_change=GROW, **_KC),
    _product(
        "kc-setup-staggered",
        "Knox Configure Setup (Staggered)",
        "KC",
        family="setup",
        seat_change=GROW,
        per_device_end=True,
        **_KC,
    ),
    _product("kc-dynamic", "Knox Configure Dynamic", "KC", family="dynamic", extendable=True, seat_change=GROW, **_KC),
    _product("kc-dynamic-per-seat", "Knox Configure Dynamic (Per seat)", "KC", family="dynamic", **_KC, **_SEATS),
    _product("kc-trial", "Knox Configure trial", "KC", prefix="KLM05", **_TRIAL),
    _product("ke", "Knox E-FOTA", "KE", family="standard", prefix="KLM07", **_SEATS),
    _product("ke-trial", "Knox E-FOTA trial", "KE", prefix="KLM07", **_TRIAL),
    _product("km", "Knox Manage", "KM", family="standard", prefix="KLM12", name_fixed=True, **_SEATS),
    _product("km-trial", "Knox Manage trial", "KM", prefix="KLM12", name_fixed=True, **_TRIAL),
    _product("suite", "Knox Suite", "KM", "KE", "KME", family="suite", prefix="KLM09", name_fixed=True, **_SEATS),
    _product("care-adh", "Samsung Care+ for Business ADH", "SC+", family="care", prefix="KLM10"),
    _product("care-ew", "Samsung Care+ for Business EW", "SC+", family="care", prefix="KLM10"),
    _product("care-sp", "Samsung Care+ for Business SP", "SC+", family="care", prefix="KLM10"),
    _product("care-combo", "Samsung Care+ for Business Combo", "SC+", family="care", prefix="KLM10"),
    _product("kg", "Knox Guard", "KG", family="guard", prefix="KLM11", **_SEATS),
]
"""The prefixes but KLM09 and KLM12 are ours: Samsung publishes none for the other families (knox.md 5.1)."""
