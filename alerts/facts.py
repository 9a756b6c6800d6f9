"""What is counted: one query for each source, over the facts of every app below (docs/adr/0023).

Each query gives rows of `COLUMNS`, for every customer at once; `customer_id` is NULL and `msp_id` given where it is
about a company that the MSP does not manage. Parameters: `now`, and the settings that `THRESHOLDS` names. Grouped by
customer where people deal with the things together, one row a thing where each has its own answer.
"""

from services.modules import CONSOLES

COLUMNS = "customer_id, msp_id, service, state, subject_type, subject_id, severity, count, facts"
THRESHOLDS = (
    "notice_days_first", "notice_days_second", "notice_days_third", "grace_days", "seats_low_percent",
    "alert_silent_days", "alert_upload_days", "alert_answer_days", "alert_consent_days", "alert_mail_days",
)  # fmt: skip

UPLOADS_WAITING = """
SELECT a.customer_id, NULL::bigint, '', '', '', NULL::bigint, 'waiting', count(*),
       jsonb_build_object('devices', sum(a.devices), 'oldest_at', min(a.sent_at), 'sender',
                          CASE count(DISTINCT a.sender_name) WHEN 1 THEN min(a.sender_name)
                               ELSE count(DISTINCT a.sender_name) || ' resellers' END)
  FROM devices_approval a
 WHERE a.state = 'pending' AND a.is_complete AND a.reseller_id IS NOT NULL
 GROUP BY a.customer_id"""

# What the customer's own side sent. A later upload without an error is the correction.
UPLOADS_WITH_ERRORS = """
SELECT u.customer_id, NULL::bigint, '', '', '', NULL::bigint, 'warning', count(*),
       jsonb_build_object('lines', sum(u.errors), 'failed', count(*) FILTER (WHERE u.state = 'failed'),
                          'upload', max(u.id), 'file', (array_agg(u.file_name ORDER BY u.id DESC))[1])
  FROM devices_upload u
 WHERE u.customer_id IS NOT NULL AND (u.state = 'failed' OR u.state = 'done' AND u.errors > 0)
   AND u.ended_at > %(now)s - make_interval(days => %(alert_upload_days)s)
   AND NOT EXISTS (SELECT FROM devices_upload c
                    WHERE c.customer_id = u.customer_id AND c.id > u.id AND c.state = 'done' AND c.errors = 0)
 GROUP BY u.customer_id"""

_LICENSE = """l.customer_id, NULL::bigint, l.service, '', 'license', l.id"""
# A product for several services is named itself: the customer may lack the first of them.
_SUITE = "(SELECT p.name FROM licensing_product p WHERE p.id = l.product_id AND p.services <> p.service)"
_NAMED = (
    "'name', l.name, 'seats', l.seats, 'used', l.used, 'left', l.seats - l.used, 'ends_at', l.ends_at, "
    f"'suite', {_SUITE}"
)
_ALIVE = "l.deleted_at IS NULL AND l.replaced_by_id IS NULL"
_RUNS = f"{_ALIVE} AND l.starts_at <= %(now)s AND l.ends_at > %(now)s"

LICENSES_ENDING = f"""
SELECT {_LICENSE},
       CASE WHEN l.ends_at <= %(now)s + make_interval(days => %(notice_days_third)s) THEN 'critical'
            WHEN l.ends_at <= %(now)s + make_interval(days => %(notice_days_second)s) THEN 'warning'
            ELSE 'waiting' END, 1, jsonb_build_object({_NAMED})
  FROM licensing_license l
 WHERE {_RUNS} AND NOT l.is_trial AND l.ends_at <= %(now)s + make_interval(days => %(notice_days_first)s)"""

TRIALS_ENDING = f"""
SELECT {_LICENSE},
       CASE WHEN l.ends_at <= %(now)s + make_interval(days => %(notice_days_third)s) THEN 'warning'
            ELSE 'waiting' END, 1, jsonb_build_object({_NAMED})
  FROM licensing_license l
 WHERE {_RUNS} AND l.is_trial AND l.ends_at <= %(now)s + make_interval(days => %(notice_days_second)s)"""

# Nothing to do where its devices are gone and another license of its services runs, or after the days of grace.
LICENSES_ENDED = f"""
SELECT {_LICENSE}, CASE WHEN l.used > 0 THEN 'critical' ELSE 'warning' END, 1, jsonb_build_object({_NAMED})
  FROM licensing_license l
 WHERE {_ALIVE} AND l.ends_at <= %(now)s
   AND (l.used > 0 OR l.ends_at > %(now)s - make_interval(days => %(grace_days)s) AND NOT EXISTS (
            SELECT FROM licensing_license o
             WHERE o.customer_id = l.customer_id AND o.deleted_at IS NULL AND o.replaced_by_id IS NULL
               AND string_to_array(o.services, ' ') @> string_to_array(l.services, ' ') AND o.ends_at > %(now)s))"""

# A trial is small on purpose.
_BOUGHT = f"{_RUNS} AND NOT l.is_trial AND l.used > 0"
SEATS_LOW = f"""
SELECT {_LICENSE}, 'waiting', 1, jsonb_build_object({_NAMED})
  FROM licensing_license l
 WHERE {_BOUGHT} AND l.used < l.seats AND l.used >= l.seats - l.seats * %(seats_low_percent)s / 100"""
SEATS_FULL = f"""
SELECT {_LICENSE}, 'warning', 1, jsonb_build_object({_NAMED})
  FROM licensing_license l
 WHERE {_BOUGHT} AND l.used = l.seats"""

# The license itself tells that its devices keep silent sums; these two are faults of the portal.
LEDGER_DIFFERS = """
SELECT d.customer_id, NULL::bigint, l.service, '', 'license', l.id, 'critical', 1,
       jsonb_build_object('name', l.name, 'used', d.used, 'seats', d.seats, 'entries', d.entries)
  FROM licensing_ledgerdifference d JOIN licensing_license l ON l.id = d.license_id
 WHERE d.ended_at IS NULL"""

# What the newest nightly check found (services.tasks.check_seats): a sum over every device is too long for a minute.
SEATS_MISSING = """
SELECT e.customer_id, NULL::bigint, '', left(e.detail->>'service', 60), '', NULL::bigint, 'critical',
       max((e.detail->>'devices')::int), jsonb_build_object('service', min(e.detail->>'service'))
  FROM audit_event e
 WHERE e.verb = 'service.differs' AND e.customer_id IS NOT NULL AND e.at > %(now)s - interval '25 hours'
 GROUP BY e.customer_id, left(e.detail->>'service', 60)"""


def _attention() -> str:
    """What the modules of the services declare, in a form that the index on service and state serves."""
    states = {
        console.service.value: ", ".join(f"'{state.code}'" for state in console.attention)
        for console in CONSOLES.values()
        if console.attention
    }
    return " OR ".join(f"e.service = '{service}' AND e.state IN ({codes})" for service, codes in states.items())


def _lost() -> str:
    """The states of devices that lost their license, which are critical."""
    return ", ".join(f"('{one.service.value}', '{one.unlicensed}')" for one in CONSOLES.values() if one.unlicensed)


# Also devices locked by Knox Guard and errors of campaigns: both are such states.
DEVICES_ATTENTION = f"""
SELECT e.customer_id, NULL::bigint, e.service, e.state, '', NULL::bigint,
       CASE WHEN (e.service, e.state) IN ({_lost()}) THEN 'critical' ELSE 'warning' END, count(*), '{{}}'::jsonb
  FROM services_enrollment e
 WHERE {_attention()}
 GROUP BY e.customer_id, e.service, e.state"""

# By the index on customer and time: a device that was here lately costs nothing.
DEVICES_SILENT = """
SELECT c.id, NULL::bigint, '', '', '', NULL::bigint, 'warning', a.count,
       jsonb_build_object('days', %(alert_silent_days)s::int)
  FROM tenants_customer c
 CROSS JOIN LATERAL (SELECT count(*) AS count FROM services_agent s WHERE s.customer_id = c.id
                        AND s.seen_at < %(now)s - make_interval(days => %(alert_silent_days)s)) a
 WHERE a.count > 0"""

CLAIMS_OPEN = """
SELECT c.customer_id, NULL::bigint, p.service, '', '', NULL::bigint, 'waiting', count(*),
       jsonb_build_object('oldest_at', min(c.opened_at))
  FROM services_claim c JOIN services_thing p ON p.id = c.plan_id
 WHERE c.state = 'open'
 GROUP BY c.customer_id, p.service"""

_REQUEST = """NULL::bigint, r.msp_id, '', '', 'request', r.id"""
_ASKED = "'customer', r.customer_name, 'kcs_id', r.kcs_id, 'ends_at', r.ends_at"
CONSENTS_WAITING = f"""
SELECT {_REQUEST}, 'waiting', 1, jsonb_build_object({_ASKED})
  FROM onboarding_managementrequest r
 WHERE r.state = 'open' AND r.ends_at > %(now)s + make_interval(days => %(alert_consent_days)s)"""
CONSENTS_ENDING = f"""
SELECT {_REQUEST}, 'warning', 1, jsonb_build_object({_ASKED})
  FROM onboarding_managementrequest r
 WHERE r.state = 'open' AND r.ends_at <= %(now)s + make_interval(days => %(alert_consent_days)s)"""
CONSENTS_REFUSED = f"""
SELECT {_REQUEST}, 'warning', 1, jsonb_build_object({_ASKED}, 'answer', r.state, 'answered_at', r.answered_at)
  FROM onboarding_managementrequest r
 WHERE r.state IN ('refused', 'expired')
   AND r.answered_at > %(now)s - make_interval(days => %(alert_answer_days)s)
   AND NOT EXISTS (SELECT FROM onboarding_managementrequest n
                    WHERE n.msp_id = r.msp_id AND n.customer_id = r.customer_id AND n.id > r.id)
   AND NOT EXISTS (SELECT FROM tenants_management m
                    WHERE m.customer_id = r.customer_id AND m.msp_id = r.msp_id AND m.state <> 'ended')"""

_DELINK = """
SELECT d.customer_id, NULL::bigint, '', '', 'delink', d.id, '{severity}', 1,
       jsonb_build_object('asked_at', d.asked_at, 'ends_at', d.ends_at, 'answered_at', d.answered_at)
  FROM onboarding_delink d JOIN tenants_management m ON m.id = d.management_id AND m.state <> 'ended'
 WHERE """
DELINKS_WAITING = _DELINK.format(severity="waiting") + "d.state = 'open' AND d.side = 'msp'"
DELINKS_WANTED = _DELINK.format(severity="warning") + "d.state = 'open' AND d.side = 'customer'"
DELINKS_REFUSED = (
    _DELINK.format(severity="warning")
    + """d.state = 'refused' AND d.side = 'msp'
   AND d.answered_at > %(now)s - make_interval(days => %(alert_answer_days)s)
   AND NOT EXISTS (SELECT FROM onboarding_delink n WHERE n.management_id = d.management_id AND n.id > d.id)"""
)

MANAGEMENTS_ENDING = """
SELECT m.customer_id, NULL::bigint, '', '', 'management', m.id, 'critical', 1,
       jsonb_build_object('ending_at', m.ending_at)
  FROM tenants_management m
 WHERE m.state <> 'ended' AND m.ending_at IS NOT NULL"""
MANAGEMENTS_ENDED = """
SELECT NULL::bigint, m.msp_id, '', '', 'management', m.id, 'warning', 1,
       jsonb_build_object('customer', c.name, 'kcs_id', c.kcs_id, 'ended_at', m.ended_at)
  FROM tenants_management m JOIN tenants_customer c ON c.id = m.customer_id
 WHERE m.ended_at > %(now)s - make_interval(days => %(alert_answer_days)s)
   AND NOT EXISTS (SELECT FROM tenants_management n
                    WHERE n.customer_id = m.customer_id AND n.msp_id = m.msp_id AND n.state <> 'ended')"""

ACCESS_CHANGED = """
SELECT e.customer_id, NULL::bigint, '', '', '', NULL::bigint, 'waiting', 1,
       jsonb_build_object('given_at', max(e.at))
  FROM audit_event e JOIN tenants_management m ON m.customer_id = e.customer_id AND m.state <> 'ended'
                      AND m.since < e.at
  JOIN tenants_customer c ON c.id = e.customer_id AND c.access = 'full'
 WHERE e.verb = 'access.given' AND e.at > %(now)s - make_interval(days => %(alert_answer_days)s)
 GROUP BY e.customer_id"""

# Status 1 is `failed`. Letters to the contact person, whose address another person at the MSP can correct; not those
# about another customer that has the same contact person.
MAILS_TO_CONTACT = """
SELECT c.id, NULL::bigint, '', '', '', NULL::bigint, 'warning', count(*),
       jsonb_build_object('address', min(c.contact_email), 'newest_at', max(e.last_updated))
  FROM post_office_email e JOIN tenants_customer c ON c.contact_email = lower(e."to")
 WHERE e.status = 1 AND e.last_updated > %(now)s - make_interval(days => %(alert_mail_days)s)
   AND position(c.kcs_id IN e.headers->>'X-Knox-About') > 0
 GROUP BY c.id"""

# Letters to people of the MSP about the customer: their addresses stand in nobody's alert.
MAILS_TO_TEAM = """
SELECT c.id, NULL::bigint, '', '', '', NULL::bigint, 'warning', count(*),
       jsonb_build_object('newest_at', max(e.last_updated))
  FROM post_office_email e
  JOIN tenants_customer c ON c.kcs_id = split_part(e.headers->>'X-Knox-Between', ' ', 2)
  JOIN tenants_management m ON m.customer_id = c.id AND m.state <> 'ended'
  JOIN tenants_msp s ON s.id = m.msp_id AND s.public_id = split_part(e.headers->>'X-Knox-Between', ' ', 1)
 WHERE e.status = 1 AND e.last_updated > %(now)s - make_interval(days => %(alert_mail_days)s)
   AND lower(e."to") <> c.contact_email
 GROUP BY c.id"""
