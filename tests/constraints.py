"""What PostgreSQL says to a row that no verb writes. The tests of each app's constraints ask it."""

import pytest
from django.db import IntegrityError, connection, transaction


def refused(statement: str, *, past_triggers_of: str = "") -> str:
    """The refusal of a statement by the owner of the tables, whom no policy stops; nor triggers of our own, of the
    table that is named."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL role TO portal_owner")
        if past_triggers_of:
            cursor.execute(f"ALTER TABLE {past_triggers_of} DISABLE TRIGGER USER")
        with pytest.raises(IntegrityError) as no:
            cursor.execute(statement)
        transaction.set_rollback(True)
    return str(no.value)
