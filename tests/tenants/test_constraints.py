"""What no verb writes cannot be stored either: PostgreSQL refuses, whatever stands before it."""

import pytest

from accounts.acting import acting_as
from tenants import invitations
from tests.constraints import refused

BROKEN = {
    "blocked_has_a_time": "UPDATE tenants_membership SET blocked_at = now()",
    "membership_has_one_organization": (
        "UPDATE tenants_membership SET customer_id = (SELECT min(id) FROM tenants_customer) WHERE msp_id IS NOT NULL"
    ),
    "person_once_an_organization": (
        "UPDATE tenants_membership SET user_id = (SELECT min(user_id) FROM tenants_membership WHERE msp_id IS NOT NULL)"
        " WHERE msp_id IS NOT NULL AND user_id IS NOT NULL"
    ),
    "address_invited_once_an_organization": "UPDATE tenants_membership SET email = 'the.same@aurora.example'",
    "tenants_invitationlink_token_hash_key": "UPDATE tenants_invitationlink SET token_hash = 'the same'",
    "who_joined_is_somebody": "UPDATE tenants_membership SET joined_at = NULL",
    "only_msps_limit_people": "UPDATE tenants_membership SET scope = 'some' WHERE msp_id IS NULL",
    "scope_names_a_customer_once": (
        "INSERT INTO tenants_namedcustomer (membership_id, customer_id)"
        " SELECT membership_id, customer_id FROM tenants_namedcustomer"
    ),
    "role_has_one_organization": "UPDATE tenants_role SET msp_id = NULL",
    "role_name_once_an_organization": "UPDATE tenants_role SET name = 'The same'",
    "customer_has_one_active_management": (
        "UPDATE tenants_management SET customer_id = (SELECT min(customer_id) FROM tenants_management)"
    ),
    "management_ended_has_a_time": "UPDATE tenants_management SET state = 'ended'",
    "customer_has_a_service_once": (
        "UPDATE tenants_customerservice SET customer_id = (SELECT min(customer_id) FROM tenants_customerservice)"
    ),
    "service_is_known": "UPDATE tenants_customerservice SET service = 'KX'",
    "customer_kcs_id_has_ten_digits": "UPDATE tenants_customer SET kcs_id = '5' || right(kcs_id, 9)",
    "customer_tenant_id_once": "UPDATE tenants_customer SET tenant_id = 'the.same'",
    "customer_tags_at_most_20": "UPDATE tenants_customer SET tags = array_fill('a'::varchar, ARRAY[21])",
    "customer_guard_domain_is_known": "UPDATE tenants_customer SET guard_domain = 'moon'",
    "customer_guard_type_by_domain": "UPDATE tenants_customer SET guard_domain = 'enterprise', tenant_type = 'loan'",
    "customer_guard_financing_has_support": (
        "UPDATE tenants_customer SET guard_domain = 'financing', guard_phone = '', guard_email = ''"
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_row_that_makes_no_sense_cannot_be_stored(world, name):
    with acting_as(world.alice):
        role = world.aurora.roles.get(name="Technician")
        for who in ("Ada", "Eve"):
            invitations.invite(
                world.aurora, email=f"{who}@new.example", first_name=who, last_name="Ek", role=role, by=world.alice
            )

    assert name in refused(BROKEN[name])
