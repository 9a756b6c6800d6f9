"""Devices and how they come in: models with their region, uploads with their lines, approvals, resellers.

A device belongs to a customer, never to an MSP (FAQ Q10). An upload is one file of its sender; what it brings to
one customer is an approval, which that customer's side decides (FAQ Q6).
"""

from devices.models.approvals import Approval
from devices.models.bulk_acts import BulkAct
from devices.models.catalog import TAC_DIGITS, DeviceModel, Tac
from devices.models.devices import Device, EnrollmentCode
from devices.models.resellers import ResellerCustomer
from devices.models.upload_lines import GoodLines, UploadLine
from devices.models.uploads import Upload, UploadContent

__all__ = [
    "TAC_DIGITS",
    "Approval",
    "BulkAct",
    "Device",
    "DeviceModel",
    "EnrollmentCode",
    "GoodLines",
    "ResellerCustomer",
    "Tac",
    "Upload",
    "UploadContent",
    "UploadLine",
]
