"""Writing history, in the transaction of the act itself; and forgetting who it was about."""

import json
from collections.abc import Iterable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction

from accounts.models import User
from audit.models import Side
from audit.origin import origin

# Plain SQL, because Django would ask for the new row back and the policies may not show it to the actor:
# an applicant without an account may write history, but not read it. A trigger adds digest and salt.
_INSERT = """
INSERT INTO audit_event (at, verb, actor_id, actor_name, side, msp_id, customer_id, reseller_id, license_reseller_id,
                         target_type, target_id, target_name, detail, request_id, address)
VALUES (clock_timestamp(), %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_FORGET = "SELECT audit_forget(%s, %s, %s)"


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

    The organizations are those in whose activity log it stands; `reseller_id` and `license_reseller_id` are two more.
    The rest of `detail` is JSON: only what the reader of the activity log may see.
    """
    where = origin()
    row = [
        verb,
        by.pk if by else None,
        (str(by) if by else detail.pop("actor", Side.PORTAL.label))[:255],
        side or (Side.MSP if by else Side.PORTAL),
        msp_id,
        customer_id,
        detail.pop("reseller_id", None),
        detail.pop("license_reseller_id", None),
        target._meta.label_lower,
        str(target.pk),
        str(target)[:255],
        json.dumps(detail, cls=DjangoJSONEncoder),
        where.request_id,
        where.address,
    ]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, row)


@transaction.atomic
def forget(target: models.Model, *, customer_id: int, by: User | None, about: Iterable[models.Model] = ()) -> int:
    """Blank names, details and addresses in everything about a deleted customer; says in how many events.

    `about` are things of it whose history does not name the customer, such as the requests to it. What was done, when
    and for which organization stays, and the chain with it. Runs as the operator.
    """
    named = [target, *about]
    params: list[Any] = [customer_id, [one._meta.label_lower for one in named], [str(one.pk) for one in named]]
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, params)
        blanked: int = cursor.fetchone()[0]
    record("history.forgotten", target, by=by, side=Side.SAMSUNG, customer_id=customer_id, events=blanked)
    return blanked
