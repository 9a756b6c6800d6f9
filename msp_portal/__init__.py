"""Wiring: settings, addresses, the worker, the embedded services. Imported by no app."""

from msp_portal.celery import app as celery_app

__all__ = ["celery_app"]
