"""Every address: each app has its own in urls.py. tests/architecture/routes.py says who may open each."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path, re_path

from portals import launcher, refusals

urlpatterns: list[URLPattern | URLResolver] = [
    # what devices call: first, as it is asked most often
    path("", include("services.agent_urls")),
    path("", include("portals.urls")),
    path("", include("onboarding.urls")),
    path("", include("tenants.urls")),
    path("", include("devices.urls")),
    path("", include("licensing.urls")),
    path("", include("support.urls")),
    path("accounts/", include("allauth.urls")),
    # after the others: where they have a word, these have the name of a service
    path("", include("services.urls")),
    re_path(r"^api(?:/(?P<path>.*))?$", launcher.no_api, name="no-api"),
]
if settings.DEBUG:
    urlpatterns.append(path("", include("mail.urls")))
# The last one: our own page for what is not there, also while DEBUG.
urlpatterns.append(re_path(r"^(?!static/)(?P<path>.*/)$", refusals.not_found, name="not-found"))

handler500 = "portals.refusals.broken"
