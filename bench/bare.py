"""A bare page in the portal's own frame: what any page costs at least. Importing this gives it an address."""

from django.http import HttpRequest, HttpResponse  # noqa: TID251  (a page to compare with)
from django.template import engines
from django.urls import path

from devices.models import DeviceModel
from msp_portal import urls
from tenants.door import for_msp

ROWS = 50
ADDRESS = "/bench/bare/"
_PAGE = engines["pages"].from_string("""{% extends "portals/msp.html" %}{% block title %}Bare{% endblock %}
{% block content %}<table class="table">{% for row in rows %}<tr><td>{{ row.code }}</td><td>{{ row.name }}</td></tr>
{% endfor %}</table>{% endblock %}""")


@for_msp()
def bare(request: HttpRequest) -> HttpResponse:
    """Same middleware, sign-in, door and frame; one query of 50 rows."""
    rows = DeviceModel.objects.order_by("pk")[:ROWS]
    return HttpResponse(_PAGE.render({"rows": list(rows)}, request))


urls.urlpatterns.insert(0, path(ADDRESS[1:], bare, name="bench-bare"))
