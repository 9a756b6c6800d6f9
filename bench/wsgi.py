"""The web process of the portal, and the bare page beside its pages."""

from msp_portal.wsgi import application  # isort: skip  (apps first)

import bench.bare  # noqa: F401

__all__ = ["application"]
