"""Writing history, in the transaction of the act itself."""

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

from accounts.models import User
from audit.models import Side
from audit.origin import origin

# Plain SQL, because Django would ask for the new row back and the policies may not show it to the actor:
# an applicant without an account may write history, but not read it.
_INSERT = """
INSERT INTO audit_event (at, verb, actor_id, actor_name, side, msp_id, customer_id, target_type, target_id, target_name,
                         detail, request_id, address)
VALUES (clock_timestamp(), %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


def record(  # noqa: PLR0913  (each is a column of history)
    verb: str,
    target: models.Model,
    *,
    by: User | None,
    side: Side | None = None,
    msp_id: int | None = None,
    customer_id: int | None = None,
    **detail: Any,
) -> None:
    """Note that `by` did `verb` to `target`; `by=None` is the portal itself or a person without an account.

    `detail` is JSON: only what the reader of the activity log may see.
    """
    where = origin()
    row = [
        verb,
        by.pk if by else None,
        (str(by) if by else detail.pop("actor", Side.PORTAL.label))[:255],
        side or (Side.MSP if by else Side.PORTAL),
        msp_id,
        customer_id,
        target._meta.label_lower,
        str(target.pk),
        str(target)[:255],
        json.dumps(detail, cls=DjangoJSONEncoder),
        where.request_id,
        where.address,
    ]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, row)
