"""The Knox services, one module each. A new one is a module here, a line in `CONSOLES` and one in KnoxService."""

from services.console import Console
from services.modules import care, configure, efota, guard, manage, mobile_enrollment
from tenants.models import KnoxService

_MODULES = (configure, mobile_enrollment, efota, manage, care, guard)
CONSOLES: dict[str, Console] = {one.CONSOLE.service: one.CONSOLE for one in _MODULES}


def of(service: KnoxService | str) -> Console:
    return CONSOLES[service]


def by_slug(slug: str) -> Console | None:
    return next((console for console in CONSOLES.values() if console.slug == slug), None)
