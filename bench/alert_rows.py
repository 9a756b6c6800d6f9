"""Customers, devices and the facts that are counted, by the million: written by the owner of the tables in SQL.

Rows of a template, which the product's own verbs made, are repeated with other keys. Triggers are off meanwhile: two
million lines of history would only make the disk busy.
"""

from typing import Any, cast

import psycopg
from psycopg import sql

from accounts.acting import as_operator
from alerts.models import Alert
from bench.database import Database
from devices.models import Approval, Upload
from licensing.models import Key, License
from tenants.models import Customer, Management
from tests import world
from tests.licensing.ground import devices, entered

BASE, EACH, MSPS = 1_000_000, 100, 200
_TABLES = (
    "devices_device", "services_enrollment", "services_agent", "licensing_license", "licensing_key", "devices_approval",
    "devices_upload",
)  # fmt: skip


class Rows:
    """The customer number n has the key BASE + n, its devices the keys BASE * EACH + n * EACH and following."""

    def __init__(self, database: Database) -> None:
        self.database, self.world = database, world.build()
        devices(self.world.first, 1)
        entered(self.world, seats=10)
        with as_operator():
            self.template = {
                model: model._default_manager.filter(customer=self.world.first).latest("pk").pk
                for model in (Management, Approval, Key, License)
            } | {Upload: Upload.objects.latest("pk").pk}
        with database.owner() as owner:
            msp = "SELECT {columns} FROM tenants_msp t, generate_series(1, %(msps)s::int) n WHERE t.id = %(template)s"
            self._repeat(owner, "tenants_msp", msp, {"msps": MSPS, "template": self.world.aurora.pk}, id=f"{BASE} + n",
                         public_id="'7' || lpad(n::text, 9, '0')", name="'MSP ' || n")  # fmt: skip

    def add(self, first: int, last: int) -> None:
        """Customers with these numbers, each with what there is to count."""
        with self.database.owner() as owner:
            for table in _TABLES:
                owner.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table)))
            self._customers(owner, first, last)
            self._devices(owner, first, last)
            for table in _TABLES:
                owner.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(table)))
        self.tidy()

    def change(self, run: int) -> list[int]:
        """One device more, or again one fewer, to look at for each hundredth customer. Returns whose."""
        with self.database.owner() as owner:
            found = owner.execute(
                """UPDATE services_enrollment SET state = CASE state WHEN 'provisioned' THEN 'failed_to_provision'
                                                                     ELSE 'provisioned' END
                    WHERE device_id %% %(each)s = 50 AND customer_id %% 100 = %(run)s AND customer_id > %(base)s
                RETURNING customer_id""",
                {"each": EACH, "run": run * 2, "base": BASE},
            )
            return [customer for (customer,) in found]

    def tidy(self) -> None:
        with self.database.owner() as owner:
            owner.execute("VACUUM ANALYZE")

    def open_alerts(self) -> int:
        with as_operator():
            return Alert.objects.lasting().count()

    def _customers(self, owner: psycopg.Connection, first: int, last: int) -> None:
        span = {"first": first, "last": last}

        def each(model: Any, where: str = "true", **columns: str) -> None:
            source = self.world.first.pk if model is Customer else self.template[model]
            query = (
                f"SELECT {{columns}} FROM {model._meta.db_table} t, generate_series(%(first)s::int, %(last)s::int) n "  # noqa: S608
                f"WHERE t.id = %(template)s AND {where}"
            )
            self._repeat(owner, model._meta.db_table, query, span | {"template": source}, **columns)

        own = f"{BASE} + n"
        each(
            Customer,
            id=own,
            kcs_id="'4' || lpad(n::text, 9, '0')",
            name="'Customer ' || n",
            contact_email="n || '@x.y'",
        )
        each(Management, id=own, customer_id=own, msp_id=f"{BASE} + 1 + n %% {MSPS}")
        each(Upload, id=own, customer_id=own, target_id=own)
        each(Approval, id=own, customer_id=own, upload_id=own, state="'approved'")
        sent = {"channel": "'reseller'", "reseller_id": str(self.world.reseller.pk)}
        other = f"2 * {BASE} + n"
        each(Upload, "n %% 10 = 0", id=other, customer_id="NULL", target_id=own, **sent)
        pending = {"state": "'pending'", "decided_at": "NULL", "decided_by_id": "NULL", "upload_id": other}
        each(Approval, "n %% 10 = 0", id=other, customer_id=own, **pending, **sent)
        each(Key, id=own, customer_id=own, code_hash="md5(n::text)")
        each(License, id=own, customer_id=own, key_id=own, name="'License'",
             starts_at="now() - make_interval(days => CASE n %% 10 WHEN 0 THEN 345 ELSE 100 END)")  # fmt: skip
        owner.execute(
            f"""INSERT INTO onboarding_managementrequest
                (asked_by_id, kcs_id, services, asked_at, customer_name, msp_id, customer_country, access, customer_id,
                 customer_city, note, state, ends_at)
                SELECT %(by)s, c.kcs_id, '{{KC}}', now(), c.name, {BASE} + 1 + (c.id + 7) %% {MSPS}, 'DE', 'none', c.id,
                       '', '', 'open', now() + interval '5 days'
                  FROM tenants_customer c
                 WHERE c.id BETWEEN {BASE} + %(first)s AND {BASE} + %(last)s AND c.id %% 50 = 0""",  # noqa: S608
            span | {"by": self.world.alice.pk},
        )

    def _devices(self, owner: psycopg.Connection, first: int, last: int) -> None:
        span = {"first": first * EACH, "last": last * EACH + EACH - 1}
        numbers = (
            f"generate_series(%(first)s::bigint, %(last)s::bigint) d, LATERAL (SELECT d / {EACH} n, d %% {EACH} k) x"
        )
        key, whose = f"{BASE * EACH}::bigint + d", f"{BASE} + n"
        for statement in (
            f"""INSERT INTO devices_device (id, state, customer_id, modified_at, approval_id, added_at, model_id, tags,
                                            order_number, imei)
                SELECT {key}, 'verified', {whose}, now(), {whose}, now(), 1, '{{}}', '', (350000000000000 + d)::text
                  FROM {numbers}""",  # noqa: S608
            f"""INSERT INTO services_enrollment (service, device_id, state, facts, customer_id)
                SELECT 'KME', {key}, CASE WHEN n %% 2 = 0 AND k < 2 THEN 'failed_to_provision'
                                          WHEN n %% 2 = 0 AND k = 2 THEN 'cancelled_by_user' ELSE 'provisioned' END,
                       '{{}}', {whose} FROM {numbers}""",  # noqa: S608
            f"""INSERT INTO services_agent (may_replace, secret, firmware, device_id, version, customer_id, seen_at)
                SELECT false, decode(md5(d::text) || md5((-d)::text), 'hex'), '', {key}, '', {whose},
                       now() - CASE WHEN n %% 5 = 0 AND k < 3 THEN interval '9 days' ELSE interval '3 hours' END
                  FROM {numbers}""",  # noqa: S608
        ):
            owner.execute(cast("Any", statement), span)

    def _repeat(
        self, owner: psycopg.Connection, table: str, query: str, params: dict[str, Any], **columns: str
    ) -> None:
        """Insert what `query` finds for each number, with every column of the template but these."""
        found = owner.execute(
            """SELECT column_name FROM information_schema.columns
                WHERE table_name = %s AND is_generated = 'NEVER' AND (column_name <> 'id' OR %s)""",
            [table, "id" in columns],
        )
        names = [name for (name,) in found]
        values = ", ".join(columns.get(name, f't."{name}"') for name in names)
        into = ", ".join(f'"{name}"' for name in names)
        statement = f"INSERT INTO {table} ({into}) {query.format(columns=values)}"
        owner.execute(cast("Any", statement), params)
