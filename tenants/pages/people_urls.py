"""The addresses of the pages about people, in all four portals."""

from django.urls import URLPattern, path

from tenants.pages import people_views
from tenants.pages.places import PREFIXES

_WHERE = {"msp": "", "reseller": "reseller/", "license_reseller": "license-reseller/", "customer": "admin-portal/"}
_ADDRESSES = {
    "administrators": "administrators/",
    "administrators-export": "administrators/export/",
    "administrator-invite": "administrators/invite/",
    "administrator": "administrators/<int:pk>/",
    "administrator-act": "administrators/<int:pk>/<slug:act>/",
}


def routes() -> list[URLPattern]:
    return [
        path(where + _ADDRESSES[name], view, name=PREFIXES[kind] + name)
        for (kind, where), views in zip(_WHERE.items(), people_views.VIEWS, strict=True)
        for name, view in views.items()
    ]
