"""Row-level security as SQL, for migrations: one policy a command, in the form whose speed was measured.

The form (design.md 4): `column = ANY (ARRAY(grants to the person's groups UNION ALL grants to the person))`,
tables joined in place, no function around them, no OR. Nobody named in `app.user_id`: an empty array, no rows.
"""

from django.db import migrations

ME = "nullif(current_setting('app.user_id', true), '')::bigint"


def granted(kind: str, right: str) -> str:
    """An array of the organizations (`customer`, `msp`, …) on which the person who asks holds the right."""
    return f"""ARRAY(
        SELECT g.content_object_id FROM tenants_{kind}groupgrant g
          JOIN accounts_user_groups m ON m.group_id = g.group_id
          JOIN auth_permission p ON p.id = g.permission_id
         WHERE m.user_id = {ME} AND p.codename = '{right}'
        UNION ALL
        SELECT u.content_object_id FROM tenants_{kind}usergrant u
          JOIN auth_permission p ON p.id = u.permission_id
         WHERE u.user_id = {ME} AND p.codename = '{right}')"""  # noqa: S608  (names from migrations)


def wall(table: str, *, reseller: dict[str, str] | None = None, **commands: str) -> migrations.RunSQL:
    """Enable and force row-level security on a table.

    `commands` maps select, insert, update and delete to the condition for portal_app; a command that is not
    named is refused for every row. `reseller` does the same for portal_reseller, in which the Reseller Portal
    runs: a role of its own, because a second condition for portal_app would be joined to the first by OR.
    The owner (migrations) and the operator (Samsung, jobs) see all.
    """
    up = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY owner ON {table} TO portal_owner USING (true)",
        f"CREATE POLICY operator ON {table} TO portal_operator USING (true)",
    ]
    down = [f"DROP POLICY {name} ON {table}" for name in ("owner", "operator")]
    for role, conditions in (("app", commands), ("reseller", reseller or {})):
        for command, condition in conditions.items():
            up.append(policy(table, role, command, condition))
            down.append(f"DROP POLICY {role}_{command} ON {table}")
    down.append(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    return migrations.RunSQL(";\n".join(up), ";\n".join(down))


def policy(table: str, role: str, command: str, condition: str) -> str:
    """The statement that lets `portal_<role>` do one command to the rows for which the condition holds."""
    clauses = {
        "select": f"USING ({condition})",
        "insert": f"WITH CHECK ({condition})",
        "update": f"USING ({condition}) WITH CHECK ({condition})",
        "delete": f"USING ({condition})",
    }
    return f"CREATE POLICY {role}_{command} ON {table} FOR {command.upper()} TO portal_{role} {clauses[command]}"


def customer_wall(table: str, *, column: str = "customer_id", delete: bool = True) -> migrations.RunSQL:
    """The wall of a table that belongs to a customer: read with view_customer, written with manage_customer."""
    sees = f"{column} = ANY ({granted('customer', 'view_customer')})"
    manages = f"{column} = ANY ({granted('customer', 'manage_customer')})"
    gone = {"delete": manages} if delete else {}
    return wall(table, reseller=None, select=sees, insert=manages, update=manages, **gone)
