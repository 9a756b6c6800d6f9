"""What django-import-export takes for rows of devices, as its documentation shows it: a ModelResource, and foreign keys
that are looked up by widgets. Into our own table, on behalf of the same technician, in one transaction.
"""

import time
from collections.abc import Sequence

import tablib
from django.db import transaction
from django.utils import timezone
from import_export import fields, resources, widgets

from accounts.acting import acting_as
from bench.upload_bench import Scene
from devices.models import Approval, Device, DeviceModel
from tenants.models import Customer


class DeviceResource(resources.ModelResource):
    customer = fields.Field("customer", "customer", widgets.ForeignKeyWidget(Customer, "kcs_id"))
    approval = fields.Field("approval", "approval", widgets.ForeignKeyWidget(Approval, "pk"))
    model = fields.Field("model", "model", widgets.ForeignKeyWidget(DeviceModel, "code"))

    class Meta:
        model = Device
        import_id_fields = ("imei",)
        fields = ("imei", "customer", "approval", "model", "state", "added_at", "modified_at")


class BulkResource(DeviceResource):
    class Meta(DeviceResource.Meta):
        use_bulk = True


class Importing:
    """Imports for one customer of the scene."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        with scene.database.owner() as owner:  # import-export sets sequences anew after rows without bulk
            owner.execute("GRANT UPDATE ON ALL SEQUENCES IN SCHEMA public TO portal_app")

    def seconds(self, identifiers: Sequence[str], *, bulk: bool) -> float:
        approval, now = self.scene.approval(self.scene.world.second), timezone.now()
        others = (self.scene.world.second.kcs_id, approval, "SM-S921B", "verified", now, now)
        rows = tablib.Dataset(*((one, *others) for one in identifiers), headers=DeviceResource.Meta.fields)
        resource = (BulkResource if bulk else DeviceResource)()
        start = time.perf_counter()
        with acting_as(self.scene.world.mira), transaction.atomic():
            result = resource.import_data(rows, raise_errors=True)
        seconds = time.perf_counter() - start
        assert result.total_rows == len(identifiers)
        self.scene.forget(approval, rows=len(identifiers))
        return seconds
