"""Forms of uploads, of the inventory, of the catalog, and of resellers."""

from django.urls import reverse

from accounts.acting import acting_as
from devices import deployment_app
from devices.pages.app_forms import EnrollForm
from devices.pages.approval_forms import RejectUploadForm
from devices.pages.catalog_forms import CatalogForm, ImportForm
from devices.pages.inventory_forms import DeleteForm, TagsForm
from devices.pages.reseller_forms import CustomerForm, DeleteListForm, NumberForm, ResellerIdForm, ResellerUploadForm
from devices.pages.upload_forms import LineForm, UploadForm
from tests.bad_input.pages.page import Page
from tests.devices.sending import SERIAL, added, checked, imeis, waiting
from tests.world import World


def _approval(world: World) -> str:
    sent = waiting(world, imeis(2), customer=world.first)
    return reverse("approval", args=[world.first.kcs_id, sent.pk]) + "?act=reject"


def _device(world: World, act: str) -> str:
    """The page that acts on the one device of a customer."""
    added(world.alice, imeis(1), customer=world.first)
    return reverse(f"customer-devices-{act}", args=[world.first.kcs_id]) + "?all=1"


def _enroll(world: World) -> str:
    with acting_as(world.carl):
        return reverse("enroll", args=[deployment_app.make(world.contoso, by=world.carl).code])


def _upload_to_delete(world: World) -> str:
    return reverse("reseller-upload-delete", args=[waiting(world, ["352143000000010"], customer=world.first).upload_id])


def _upload_to_correct(world: World) -> str:
    upload = checked(world.alice, ["352143000000019"], customer=world.first)
    return reverse("upload-fix", args=[world.first.kcs_id, upload.pk])


CATALOG = Page(
    "add model",
    CatalogForm,
    lambda world: reverse("model-add"),
    {"code": "SM-S999B", "name": "Galaxy S99", "region": "europe", "tacs": "99000001"},
    "sam",
)
REJECT_UPLOAD = Page(
    "reject upload",
    RejectUploadForm,
    _approval,
    {"reason": "The devices were not ordered."},
    "alice",
    needed={"reason": "The other side reads the reason in an email. Write one or two sentences."},
)
ENROLL = Page(
    "enroll",
    EnrollForm,
    _enroll,
    {"device": SERIAL, "model": "SM-S921B"},
    done=200,
)
TAGS = Page("tags", TagsForm, lambda world: _device(world, "tags"), {"tags": "drivers, pilot", "do": "add"}, "alice")
DELETE_DEVICES = Page(
    "delete devices",
    DeleteForm,
    lambda world: _device(world, "delete"),
    {"typed": "1"},
    "alice",
    needed={"typed": "Type 1 exactly as shown."},
)
RESELLER_ADD = Page(
    "reseller adds customer",
    CustomerForm,
    lambda world: reverse("reseller-customer-add"),
    {"internal_reference": "Berlin stores"},
    "rita",
    fresh={"kcs_id": lambda world: world.first.kcs_id},
)
REGISTER = Page(
    "register reseller",
    ResellerIdForm,
    lambda world: reverse("customer-resellers", args=[world.first.kcs_id]),
    {},
    "alice",
    fresh={"reseller_id": lambda world: world.reseller.public_id},
    done=200,
)
RESELLER_DELETE = Page(
    "reseller deletes devices",
    NumberForm,
    _upload_to_delete,
    {"typed": "1"},
    "rita",
    needed={"typed": "Type 1 exactly as shown."},
)
PAGES = [
    CATALOG,
    REJECT_UPLOAD,
    ENROLL,
    TAGS,
    DELETE_DEVICES,
    RESELLER_ADD,
    REGISTER,
    RESELLER_DELETE,
]
# A file or pasted lines: the answer says what they would do, line by line (tests/devices/test_catalog.py).
IMPORT_CATALOG = Page(
    "import models",
    ImportForm,
    lambda world: reverse("model-import"),
    {"lines": "SM-S999B;Galaxy S99;Europe;99000001"},
    "sam",
    done=200,
)
# A file or pasted lines: neither is required alone.
UPLOAD = Page(
    "upload devices",
    UploadForm,
    lambda world: reverse("upload-new", args=[world.first.kcs_id]),
    {
        "lines": "352143000000010",
        "order_number": "A1",
        "order_date": "2026-11-24",
        "model": "SM-S921B",
        "tags": "Store",
    },
    "alice",
)
RESELLER_UPLOAD = Page(
    "reseller uploads devices",
    ResellerUploadForm,
    lambda world: reverse("reseller-upload-new"),
    {"lines": "352143000000018", "profile": "Store phones"},
    "rita",
    fresh={"target": lambda world: world.first.kcs_id},
)
DELETE_LIST = Page(
    "reseller deletes by list",
    DeleteListForm,
    lambda world: reverse("reseller-devices-delete-list"),
    {"lines": "352143000000018"},
    "rita",
    done=200,
)
CORRECT = Page(
    "correct a line",
    LineForm,
    _upload_to_correct,
    {"line": "1", "typed": "352143000000010"},
    "alice",
)
SPECIAL = [IMPORT_CATALOG, UPLOAD, RESELLER_UPLOAD, DELETE_LIST, CORRECT]
