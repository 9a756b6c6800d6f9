-- The five roles of the portal. Idempotent; run by whoever may create roles, who also sets the passwords.
-- None is a superuser or may bypass row-level security. What each may do to a table is said in the migrations.
DO $$
BEGIN
    -- owns the tables and migrates; CREATEDB is for the test database
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'portal_owner') THEN
        CREATE ROLE portal_owner LOGIN CREATEDB NOBYPASSRLS;
    END IF;
    -- web, worker and beat
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'portal_app') THEN
        CREATE ROLE portal_app LOGIN NOBYPASSRLS;
    END IF;
    -- sees every tenant's rows; entered for one transaction at a time
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'portal_operator') THEN
        CREATE ROLE portal_operator NOLOGIN NOBYPASSRLS;
    END IF;
    -- the Reseller Portal: sees a reseller's own rows and no others; entered in the same way
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'portal_reseller') THEN
        CREATE ROLE portal_reseller NOLOGIN NOBYPASSRLS;
    END IF;
    -- the agents of devices: each sees the rows of its own device; entered in the same way
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'portal_agent') THEN
        CREATE ROLE portal_agent NOLOGIN NOBYPASSRLS;
    END IF;
END
$$;

-- Without INHERIT: what the operator sees needs SET LOCAL ROLE, in as many words.
GRANT portal_operator, portal_reseller, portal_agent TO portal_app WITH INHERIT FALSE, SET TRUE;
-- The owner takes each role in tests.
GRANT portal_app, portal_operator, portal_reseller, portal_agent TO portal_owner;
