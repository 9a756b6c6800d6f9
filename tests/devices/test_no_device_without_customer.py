"""An MSP has no devices of its own (FAQ Q10): a look for any way around, in the schema, by SQL and by address."""

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.acting import as_operator
from devices.models import Device
from tenants.models import Msp
from tests.devices.sending import added, imei

OF_DEVICES = "devices_"
COPY = "INSERT INTO devices_device ({into}) SELECT {values} FROM devices_device WHERE id = %s"


def columns(table):
    with connection.cursor() as cursor:
        return {one.name: one for one in connection.introspection.get_table_description(cursor, table)}


def patterns(resolver, before=""):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry, before + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield before + str(entry.pattern), entry


def test_a_device_has_a_customer_by_the_schema():
    assert not Device._meta.get_field("customer").null


def test_a_device_has_a_customer_in_the_database(db):
    assert not columns("devices_device")["customer_id"].null_ok


def test_nothing_about_devices_points_at_an_msp(db):
    """Neither as a foreign key nor as a column without one: an MSP is reached through the customer alone."""
    models = apps.get_app_config("devices").get_models()
    keys = {str(field) for one in models for field in one._meta.get_fields() if field.related_model is Msp}
    tables = [one for one in connection.introspection.table_names() if one.startswith(OF_DEVICES)]
    names = {f"{table}.{name}" for table in tables for name in columns(table) if "msp" in name}

    assert (keys, names, len(tables) > 5) == (set(), set(), True)


def test_an_msp_has_nothing_that_devices_hang_on(db):
    related = {field.related_model._meta.app_label for field in Msp._meta.get_fields() if field.is_relation}

    assert "devices" not in related


@pytest.mark.parametrize("owner", ["NULL", "the ID of the MSP", "nobody"])
def test_the_database_refuses_a_device_of_anything_but_a_customer(world, owner):
    added(world.alice, [imei(1)], customer=world.first)
    values = {name: f'"{name}"' for name in columns("devices_device") if name != "id"}
    numbers = {"NULL": "NULL", "the ID of the MSP": world.aurora.public_id, "nobody": str(10**15)}
    values |= {"customer_id": numbers[owner], "imei": f"'{imei(2)}'"}

    sql = COPY.format(into=", ".join(f'"{name}"' for name in values), values=", ".join(values.values()))

    with as_operator():
        device = Device.objects.get(imei=imei(1))
        with pytest.raises(IntegrityError):
            _execute(sql, [device.pk])


@pytest.mark.parametrize("customer", [None, 10**12])
def test_a_device_cannot_lose_its_customer(world, customer):
    added(world.alice, [imei(1)], customer=world.first)

    with as_operator(), pytest.raises(IntegrityError):
        _execute("UPDATE devices_device SET customer_id = %s", [customer])


def _execute(sql, values):
    """With what the database checks only at the end of a transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_no_address_takes_devices_but_for_a_customer():
    """Each address of uploads and devices where something is sent names a customer, or belongs to a portal whose
    devices are a customer's: resellers name the customer, its own people and its phones are of one."""
    own = ("customers/<str:kcs_id>/", "reseller/", "admin-portal/", "samsung/")
    found = {
        route
        for route, entry in patterns(get_resolver())
        if any(word in route for word in ("device", "upload", "deploy", "enroll"))
        and not route.startswith(own)
        and not getattr(entry.callback, "policy", "").startswith("msp:view_msp")
    }

    assert found - WITHOUT_A_DOOR == set()


WITHOUT_A_DOOR = {"enroll/<str:code>/", "agent/v1/enroll"}
"""What a phone with the Knox Deployment App opens, and what its agent sends: its code stands for one customer."""


def test_the_pages_over_all_customers_take_nothing(world, client):
    client.force_login(world.alice)

    answers = {name: client.post(reverse(name), {"lines": imei(1)}).status_code for name in LOOKED_AT}

    assert answers == dict.fromkeys(LOOKED_AT, 405)


LOOKED_AT = ("all-devices", "all-devices-export", "approval-queue")


def test_an_msp_is_no_target_of_an_upload(world, client):
    """With the MSP ID in place of the KCS Customer ID."""
    client.force_login(world.alice)

    answer = client.post(reverse("upload-new", args=[world.aurora.public_id]), {"lines": imei(1)})

    assert answer.status_code == 404
    with as_operator():
        assert not Device.objects.exists()


def test_who_looks_for_its_own_devices_reads_the_rule(world, client):
    client.force_login(world.alice)

    text = client.get(reverse("all-devices")).content.decode()

    assert (
        "An MSP has no devices of its own. Add your company as a customer, or choose the customer that owns them."
        in text
    )
