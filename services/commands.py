"""What devices are told: a command for each device of an act, and which older ones it replaces. Their agents fetch them
(services/agents.py)."""

import json
from collections.abc import Collection
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from accounts.models import User
from services import codes, fields
from services.console import Action, Acts, Console

_THING = """CASE WHEN %(kind)s <> '' AND t.id IS NOT NULL
           THEN jsonb_build_object(%(kind)s, t.name, 'version', t.version, 'settings',
                                   t.settings - %(lists)s::text[] || coalesce(named.settings, '{}')) ELSE '{}' END"""
_NAMED = """
  LEFT JOIN LATERAL (
      SELECT jsonb_object_agg(f.name, jsonb_build_object('name', n.name, 'version', n.version, 'settings', n.settings))
             AS settings
        FROM jsonb_each_text(%(names)s) f(name, kind)
        JOIN services_thing n ON n.customer_id = t.customer_id AND n.service = t.service AND n.kind = f.kind
                             AND n.id = (t.settings ->> f.name)::bigint
  ) named ON %(names)s <> '{}'"""
_COMMAND = f"""
INSERT INTO services_command (customer_id, device_id, service, action, params, state, detail, by_id)
SELECT %(customer)s, d.id, %(service)s, %(action)s, %(params)s::jsonb || {_THING}, 'waiting', '', %(by)s
  FROM unnest(%(devices)s::bigint[]) AS d (id)
  LEFT JOIN services_enrollment e ON e.device_id = d.id AND e.service = %(service)s
  LEFT JOIN services_thing t ON t.id = e.thing_id
{_NAMED}
"""  # noqa: S608  (fragments of this file)
# What each device was told last of all that leads to its state, with its thing as it is now.
_AGAIN = f"""
INSERT INTO services_command (customer_id, device_id, service, action, params, state, detail, by_id)
SELECT e.customer_id, e.device_id, e.service, last.action, last.params || {_THING}, 'waiting', '', last.by_id
  FROM services_enrollment e
 CROSS JOIN LATERAL (
      SELECT c.action, c.params, c.state, c.by_id FROM services_command c
       WHERE c.customer_id = e.customer_id AND c.device_id = e.device_id AND c.service = e.service
         AND c.action = ANY (%(same)s)
       ORDER BY c.id DESC LIMIT 1
  ) last
  LEFT JOIN services_thing t ON t.id = e.thing_id
{_NAMED}
 WHERE e.device_id = ANY (%(devices)s::bigint[]) AND e.service = %(service)s AND e.state = %(state)s
   AND last.action = %(action)s AND last.state NOT IN ('waiting', 'sent')
"""  # noqa: S608  (fragments of this file)
_SUPERSEDED = """
UPDATE services_command SET state = 'cancelled', answered_at = now(), detail = %(detail)s
 WHERE customer_id = %(customer)s AND service = %(service)s AND device_id = ANY (%(devices)s::bigint[])
   AND state IN ('waiting', 'sent') AND action = ANY (%(superseded)s)
"""


def send(acts: Acts, console: Console, action: Action, *, by: User | None) -> None:
    """A command for each device, where the action is one. The newest one counts: what it replaces is cancelled."""
    values: dict[str, Any] = {
        "customer": acts.customer.pk,
        "service": console.service,
        "action": action.code,
        "params": json.dumps(dict(acts.params), cls=DjangoJSONEncoder),
        **_brought(console, action),
        "devices": acts.devices,
        "by": by.pk if by else None,
        "detail": f"{action.label} came after it",
        "superseded": _superseded(console, action),
    }
    with connection.cursor() as cursor:
        cursor.execute(_SUPERSEDED, values)
        if action.is_command:
            if by:
                codes.of(acts.customer, by=by)  # who is asked to do something can also enroll
            cursor.execute(_COMMAND, values)


def send_again(console: Console, devices: Collection[int]) -> None:
    """Order once more what would bring devices out of their state, where nothing open does: a factory reset has erased
    it, or it was cancelled when the license ended, and the license runs again. Runs as the operator."""
    for action in console.actions:
        if action.now and action.done:
            values: dict[str, Any] = {
                "service": console.service,
                "state": action.now,
                "action": action.code,
                "same": [one.code for one in console.actions if one.now == action.now],
                **_brought(console, action),
                "devices": list(devices),
            }
            with connection.cursor() as cursor:
                cursor.execute(_AGAIN, values)


def _brought(console: Console, action: Action) -> dict[str, Any]:
    """The kind of thing that the command brings; the fields of that which name one other thing, which devices get along
    (a group's profile), and those that list things, which devices do not get (its members)."""
    pushed = next((kind.code for kind in console.kinds if kind.pushes == action.code), "")
    code = action.assigns or action.brings or pushed
    kind = console.kind(code)
    ones, lists = fields.naming(kind.form) if kind else ({}, [])
    return {"kind": code, "names": json.dumps(ones), "lists": lists}


def _superseded(console: Console, action: Action) -> list[str]:
    """Codes of the actions whose open commands this one replaces: where the device is deleted from the service every
    action but those that tell it so (Complete); those that change its state where this one does, too; itself otherwise,
    so that a restart undoes no lock."""
    if action.now == console.first.code:
        return [one.code for one in console.actions if not one.leaves]
    if not action.changes_state:
        return [action.code]
    return [one.code for one in console.actions if one.changes_state]
