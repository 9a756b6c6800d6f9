"""Before the first table: what web, worker and operator may do with the tables to come."""

from django.db import migrations

GRANT = """
ALTER DEFAULT PRIVILEGES IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO portal_app, portal_operator;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO portal_app, portal_operator;
"""
REVOKE = """
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM portal_app, portal_operator;
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM portal_app, portal_operator;
"""


class Migration(migrations.Migration):
    dependencies = []
    run_before = [("contenttypes", "0001_initial"), ("sessions", "0001_initial"), ("post_office", "0001_initial")]
    operations = [migrations.RunSQL(GRANT, REVOKE)]
