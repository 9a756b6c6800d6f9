"""The Knox services, one module each, found by themselves. A new one is a module here and a line in KnoxService."""

import pkgutil
from importlib import import_module

from services.console import Console
from tenants.models import KnoxService

_FOUND: list[Console] = [import_module(f"{__name__}.{one.name}").CONSOLE for one in pkgutil.iter_modules(__path__)]
_ORDER = list(KnoxService)
CONSOLES: dict[str, Console] = {one.service: one for one in sorted(_FOUND, key=lambda one: _ORDER.index(one.service))}
"""In the order of KnoxService."""


def of(service: KnoxService | str) -> Console:
    return CONSOLES[service]


def by_slug(slug: str) -> Console | None:
    return next((console for console in CONSOLES.values() if console.slug == slug), None)
