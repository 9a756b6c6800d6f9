"""One settings file for every environment; what differs between them comes from variables.

DATABASE_URL, DATABASE_ROLE, REDIS_URL, SECRET_KEY, EMAIL_URL, PORTAL_URL, DEBUG: see .env.example.
A missing secret stops the process at once: better no portal than one with a known key. So does, without DEBUG, a
missing PORTAL_URL: whether cookies are for https alone and where links in mails lead comes from it.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def required(name: str) -> str:
    """The variable, or a stop with a line that says what is missing."""
    value: str = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. Set it (see .env.example), or use `make run`, which sets it.")
    return value


DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = required("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])  # what was sealed in their time needs them
SEAL_FALLBACKS = env.list("SEAL_FALLBACKS", default=[])  # for these alone: the secret is known to others
PORTAL_URL = (env.str("PORTAL_URL", default="http://127.0.0.1:8000") if DEBUG else required("PORTAL_URL")).rstrip("/")

_portal = urlsplit(PORTAL_URL)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[_portal.hostname or "", "127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = [PORTAL_URL]

INSTALLED_APPS = [
    # ours, in the direction of imports: an app may import only from those above it
    "mail",
    "accounts",
    "audit",
    "rules",
    "tenants",
    "devices",
    "licensing",
    "services",
    "onboarding",
    "support",
    "alerts",
    "portals",
    # third party
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_countries",
    "django_htmx",
    "guardian",
    "post_office",
    # django
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
]
INSTALLED_APPS += env.list("EXTRA_APPS", default=[])  # tools that only development has

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "audit.middleware.request_id",
    "portals.refusals.readable",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "accounts.middleware.own_headers",
    "portals.canary.cage",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portals.refusals.Slashes",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.sign_in_again",
    "accounts.middleware.signs_out_idle",
    "accounts.middleware.acting",
    "portals.second_factor.SecondFactor",
    "portals.refusals.Refusals",
]

ROOT_URLCONF = "msp_portal.urls"
WSGI_APPLICATION = "msp_portal.wsgi.application"
FORM_RENDERER = "portals.rendering.PortalRenderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "NAME": "pages",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portals.shell.shell",
            ],
            "builtins": ["portals.templatetags.look", "django.contrib.humanize.templatetags.humanize"],
        },
    },
    {  # letters: plain text first, escaped only when it becomes HTML
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "NAME": "text",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {"autoescape": False},
    },
]

# The login may be another role (one that migrates, or a superuser in development): the session then
# takes DATABASE_ROLE. portal_app owns nothing and sees rows only through the policies (docs/adr/0004).
DATABASE_ROLE = env.str("DATABASE_ROLE", default="portal_app")


# So many seconds may a statement take, and a transaction be silent; 0: as long as they like (docs/adr/0037).
DATABASE_PATIENCE = env.int("DATABASE_PATIENCE", default=0)
PREPARED_AFTER = 3
"""So many times is a statement sent as it is before a connection prepares it."""


def _database() -> dict[str, Any]:
    config: dict[str, Any] = dict(env.db_url_config(required("DATABASE_URL")))
    config |= {"ENGINE": "accounts.database", "ATOMIC_REQUESTS": True, "CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
    # Parameters travel beside a statement: its text stays the same, and its plan can be kept (docs/adr/0036).
    prepare = env.bool("DATABASE_PREPARED", default=False)
    options: dict[str, Any] = {"server_side_binding": True, "prepare_threshold": PREPARED_AFTER if prepare else None}
    if config["USER"] != DATABASE_ROLE:
        options["options"] = f"-c role={DATABASE_ROLE}"
    return config | {"OPTIONS": config.get("OPTIONS", {}) | options}


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Sign-in -------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "guardian.backends.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "knox-dashboard"
ACCOUNT_ADAPTER = "tenants.account_events.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "knox-dashboard"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_FORMS = {
    "login": "accounts.worded_forms.LoginForm",
    "add_email": "accounts.worded_forms.AddEmailForm",
    "change_password": "accounts.worded_forms.ChangePasswordForm",
    "set_password": "accounts.worded_forms.SetPasswordForm",
    "reset_password": "accounts.worded_forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.worded_forms.ResetPasswordKeyForm",
    "reauthenticate": "accounts.worded_forms.ReauthenticateForm",
}
MFA_FORMS = {
    "authenticate": "accounts.worded_forms.AuthenticateForm",
    "reauthenticate": "accounts.worded_forms.MfaReauthenticateForm",
    "activate_totp": "accounts.worded_forms.ActivateTOTPForm",
    "add_webauthn": "accounts.worded_forms.AddWebAuthnForm",
    "edit_webauthn": "accounts.worded_forms.EditWebAuthnForm",
}
MFA_REQUIRED = env.bool("MFA_REQUIRED", default=not DEBUG)  # of Samsung admins and super admins
MFA_ADAPTER = "accounts.adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
MFA_TOTP_ISSUER = "Samsung Knox"
USERSESSIONS_ADAPTER = "tenants.account_events.SessionsAdapter"
USERSESSIONS_TRACK_ACTIVITY = False  # three queries a page; the list shows when and where one signed in
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
ANONYMOUS_USER_NAME = None  # guardian: nobody has the rights of an anonymous user

SESSION_ENGINE = "accounts.session_store"
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_IDLE_SECONDS = env.int("SESSION_IDLE_SECONDS", default=60 * 60)  # of somebody who does nothing
CSRF_FAILURE_VIEW = "portals.refusals.csrf_failure"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

# Broker, worker, beat ---------------------------------------------------------------------------------------------
REDIS_URL = required("REDIS_URL")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "UTC"
# A task whose worker dies is run again, so each task is idempotent and takes ids. The visibility timeout
# is longer than the longest task, else a slow one would be started twice.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT, CELERY_TASK_SOFT_TIME_LIMIT = 600, 570
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    # as the cache's: who asks for a task would else wait for ever for a broker that is there and says nothing
    "socket_timeout": 5,
    "socket_connect_timeout": 5,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_WORKER_ENABLE_SOFT_SHUTDOWN_ON_IDLE = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULER = "msp_portal.beat:Scheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 5
CELERY_BEAT_SCHEDULE = {
    "mail-deliver-waiting": {"task": "mail.tasks.deliver_waiting", "schedule": 30.0, "options": {"expires": 30}},
    "mail-forget-old": {"task": "mail.tasks.forget_old", "schedule": crontab(minute=7, hour=3)},
    "exports-make-waiting": {
        "task": "tenants.tasks.make_waiting_exports",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "exports-drop-ended": {"task": "tenants.tasks.drop_ended_exports", "schedule": crontab(minute=17)},
    "applications-forget": {"task": "onboarding.tasks.forget_unconfirmed", "schedule": crontab(minute=27, hour=3)},
    "requests-watch": {"task": "onboarding.tasks.watch_requests", "schedule": 300.0, "options": {"expires": 300}},
    "managements-end": {"task": "onboarding.tasks.end_managements", "schedule": 30.0, "options": {"expires": 30}},
    "uploads-resume": {"task": "devices.tasks.resume", "schedule": 30.0, "options": {"expires": 30}},
    "bulk-acts-resume": {"task": "devices.tasks.resume_bulk_acts", "schedule": 30.0, "options": {"expires": 30}},
    "uploads-tidy": {"task": "devices.tasks.tidy_ended", "schedule": crontab(minute=47, hour=3)},
    "licenses-release": {"task": "licensing.tasks.release_seats", "schedule": 60.0, "options": {"expires": 60}},
    "licenses-notify": {"task": "licensing.tasks.write_notices", "schedule": 900.0, "options": {"expires": 900}},
    "services-clocks": {"task": "services.tasks.move_clocks", "schedule": 60.0, "options": {"expires": 60}},
    "services-preferences": {"task": "services.tasks.apply_preferences", "schedule": 60.0, "options": {"expires": 60}},
    "services-check": {"task": "services.tasks.check_seats", "schedule": crontab(minute=57, hour=3)},
    "licenses-check": {"task": "licensing.tasks.check_ledger", "schedule": crontab(minute=47, hour=3)},
    "deletions-run": {"task": "support.tasks.delete_due", "schedule": 30.0, "options": {"expires": 30}},
    "audit-seal": {"task": "audit.tasks.seal", "schedule": 30.0, "options": {"expires": 30}},
    "audit-verify": {"task": "audit.tasks.verify", "schedule": crontab(minute=7, hour=4)},
    "alerts-digests": {"task": "alerts.tasks.write_digests", "schedule": 300.0, "options": {"expires": 300}},
    "alerts-at-once": {"task": "alerts.tasks.tell_at_once", "schedule": 60.0, "options": {"expires": 60}},
    "alerts-changed": {"task": "alerts.tasks.recount_changed", "schedule": 60.0, "options": {"expires": 60}},
    "alerts-all": {"task": "alerts.tasks.recount_all", "schedule": 900.0, "options": {"expires": 900}},
    "canary-listen": {"task": "portals.tasks.listen_for_canary", "schedule": 300.0, "options": {"expires": 300}},
    "sessions-clear": {"task": "accounts.tasks.clear_sessions", "schedule": crontab(minute=37, hour=3)},
}

# Mail ---------------------------------------------------------------------------------------------------------------
_email = env.email_url("EMAIL_URL", default="dummymail://" if DEBUG else "smtp://localhost:25")
_SMTP_OPTIONS = {
    "EMAIL_HOST": "host",
    "EMAIL_PORT": "port",
    "EMAIL_HOST_USER": "username",
    "EMAIL_HOST_PASSWORD": "password",
    "EMAIL_USE_TLS": "use_tls",
    "EMAIL_USE_SSL": "use_ssl",
}
_SMTP_SECONDS = 20  # a server that takes the connection and says nothing would hold a worker until its task's end
MAILERS = {
    "default": {
        "BACKEND": _email["EMAIL_BACKEND"],
        "OPTIONS": {option: _email[key] for key, option in _SMTP_OPTIONS.items() if _email.get(key)}
        | {"timeout": _SMTP_SECONDS}
        if "smtp" in _email["EMAIL_BACKEND"]
        else {},
    }
}
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Knox MSP Portal <no-reply@knox-msp.example>")
MAIL_DOMAIN = DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
MAIL_KEPT_DAYS = env.int("MAIL_KEPT_DAYS", default=30)  # longer than links live, shorter than anybody asks for a letter
# mail.tasks.deliver locks the row, so that a mail never goes out twice at once: post-office keeps its own out.
POST_OFFICE = {"CELERY_ENABLED": False}

# Pages --------------------------------------------------------------------------------------------------------------
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
USE_I18N = False  # one language; looking for others takes time on every page
USE_THOUSAND_SEPARATOR = False  # IDs are numbers, too, and stand in attributes; counts say |intcomma
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "assets"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # files live in PostgreSQL
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "devices.pages.upload_handlers.SizeLimit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# Safety -------------------------------------------------------------------------------------------------------------
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],  # Tabler's ticks and arrows
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "form-action": [CSP.SELF],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
if not DEBUG:
    _https = _portal.scheme == "https"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
    if _https:  # names that browsers take from this host alone, over https
        SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if _https else 0
    SECURE_HSTS_INCLUDE_SUBDOMAINS = _https
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=False)  # the proxy in front usually does it
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked inside the container, where nobody speaks https
    if ALLAUTH_TRUSTED_PROXY_COUNT:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOG_REQUESTS = env.bool("LOG_REQUESTS", default=not DEBUG)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "audit.origin.WithRequestId"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {request_id} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},  # Django's own handler would say everything twice
        "audit.middleware": {"level": "INFO" if LOG_REQUESTS else "WARNING"},  # a line a request
        "post_office": {"handlers": ["console"], "propagate": False},  # as it brings a handler where it has none
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
    },
}
