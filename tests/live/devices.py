"""Devices of a customer, put into the database of the running portal as an approved upload of its MSP leaves them."""

import psycopg

from tests.live.stack import Stack

_PUT = """
WITH whose AS (SELECT id, name FROM tenants_customer WHERE kcs_id = %(kcs_id)s),
sent AS (
    INSERT INTO devices_upload (channel, customer_id, target_id, file_name, file_hash, size, default_model,
        order_number, tags, add_at_once, all_or_nothing, state, refusal, bytes_read, lines, errors, added, added_to,
        tries, sent_at, checked_at, ended_at, touched_at)
    SELECT 'msp', id, id, 'devices.csv', %(hash)s, 1, '', '', '{}', false, false, 'done', '', 1, %(n)s, 0, %(n)s, %(n)s,
        0, now(), now(), now(), now() FROM whose RETURNING id
), approved AS (
    INSERT INTO devices_approval (customer_id, upload_id, sender_name, channel, state, devices, is_complete, sent_at,
        decided_at, reason)
    SELECT whose.id, sent.id, whose.name, 'msp', 'approved', %(n)s, true, now(), now(), '' FROM whose, sent
    RETURNING id
)
INSERT INTO devices_device (customer_id, approval_id, model_id, imei, state, order_number, tags, added_at, modified_at)
SELECT whose.id, approved.id, (SELECT min(id) FROM devices_devicemodel), imei, 'verified', '', '{}', now(), now()
FROM whose, approved, unnest(%(imeis)s::text[]) AS imei
"""


def put(stack: Stack, kcs_id: str, imeis: list[str]) -> None:
    with psycopg.connect(stack.database, autocommit=True) as connection, connection.transaction():
        connection.execute("SET LOCAL ROLE portal_operator")
        values = {"kcs_id": kcs_id, "imeis": imeis, "n": len(imeis), "hash": kcs_id.rjust(64, "0")}
        connection.execute(_PUT, values)
