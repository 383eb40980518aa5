"""All settings, read from the environment; ``.env.example`` lists every name.

PRODUCTION=1 asks for every secret and address and fails loudly without them. Anything else is a local
portal: a PostgreSQL of its own under PORTAL_DATA_DIR, a secret key made once and kept there, tasks in place.
"""

import contextlib
import os
import secrets
from datetime import time
from pathlib import Path

import environ
from csp.constants import NONE, SELF

from taian_factors import embedded, logs

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env")

PRODUCTION = env.bool("PRODUCTION", False)
DEBUG = env.bool("DEBUG", False)
PORTAL_DATA_DIR = Path(env.str("PORTAL_DATA_DIR", str(BASE_DIR / ".data"))).resolve()


def _secret_key() -> str:
    """Return SECRET_KEY; a local portal makes one and keeps it, a production one must be given it."""
    if PRODUCTION or "SECRET_KEY" in env.ENVIRON:
        return env.str("SECRET_KEY")
    kept = PORTAL_DATA_DIR / "secret_key"
    if not kept.exists():
        PORTAL_DATA_DIR.mkdir(parents=True, exist_ok=True)
        fresh = kept.with_name(f"secret_key.{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(48))
        # Of processes that start at once the first one's key stays, whole.
        with contextlib.suppress(FileExistsError):
            os.link(fresh, kept)
        fresh.unlink()
    return kept.read_text()


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS") if PRODUCTION else ["*"]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PORTAL_BASE_URL = (
    env.str("PORTAL_BASE_URL") if PRODUCTION else env.str("PORTAL_BASE_URL", "http://127.0.0.1:8000")
)

INSTALLED_APPS = [
    "taian_factors.apps.PortalConfig",
    "taian_factors.directory",
    "fairs",
    "requests_desk",
    "scoring",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "pgtrigger",
]

MIDDLEWARE = [
    "fairs.middleware.unchanged",
    "taian_factors.proxies.client_address",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "taian_factors.directory.middleware.actor",
    "requests_desk.middleware.staff_device",
]

ROOT_URLCONF = "taian_factors.urls"
WSGI_APPLICATION = "taian_factors.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "taian_factors.home.navigation",
            ],
            "builtins": ["taian_factors.templatetags.portal"],
        },
    }
]
FORM_RENDERER = "taian_factors.lib.widgets.Renderer"
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

_database = (
    env.db("DATABASE_URL")
    if PRODUCTION or "DATABASE_URL" in env.ENVIRON
    else embedded.connection(PORTAL_DATA_DIR)
)
DATABASES = {
    "default": {
        **_database,
        "CONN_MAX_AGE": env.int("CONN_MAX_AGE", 600),
        "CONN_HEALTH_CHECKS": True,
        # A desk that waits two seconds for a lock is told to try again; a forgotten transaction ends. Reading by
        # an index costs no more than reading on (the planner's own numbers are for turning disks), and compiling
        # a statement costs more than these ever gain.
        "OPTIONS": {
            **_database.get("OPTIONS", {}),
            "options": "-c lock_timeout=2s -c idle_in_transaction_session_timeout=5s"
            " -c random_page_cost=1.1 -c jit=off",
        },
        "TEST": {"NAME": "test_portal"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL") if PRODUCTION else env.str("REDIS_URL", "")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    # A folder, so that the workers of a local portal share what one of them has looked up.
    else {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": PORTAL_DATA_DIR / "cache",
    }
}
# How many seconds what hall screens and phones are told may be old: one query in that time for a whole fair.
SCREENS_LOOK_EVERY = env.float("SCREENS_LOOK_EVERY", 1.0)
CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_RESULT_BACKEND = REDIS_URL or "cache+memory://"
CELERY_TASK_ALWAYS_EAGER = not REDIS_URL
CELERY_TASK_ACKS_LATE = True
# A page that sends a task waits neither for a broker that is down nor for a result: jobs are rows, and are swept up.
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 2, "max_retries": 1, "interval_start": 0}
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_TASK_TIME_LIMIT = 1800
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True

AUTH_USER_MODEL = "directory.User"
AUTHENTICATION_BACKENDS = ["taian_factors.directory.sessions.Backend"]
SESSION_ENGINE = "taian_factors.directory.sessions"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "taian_factors.directory.accounts.ClosedSignup"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
SESSION_COOKIE_AGE = env.int("SESSION_MINUTES", 720) * 60

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static", ("bootstrap", embedded.package_dir("bootstrap"))]
# A local portal serves its files from where they are edited; production collects them once.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Where no address leads; each paper is handed out by a view that asks who wants it.
    "attachments": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": env.str("ATTACHMENTS_DIR", "") or str(PORTAL_DATA_DIR / "attachments"),
            "file_permissions_mode": 0o600,
        },
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
MEDIA_ROOT = PORTAL_DATA_DIR / "files"
# Folders, searched with what lies below them, of the fonts that bulletins are printed in.
PAPER_FONTS = env.list("PAPER_FONTS", default=["/usr/local/share/fonts", "/usr/share/fonts"])
ATTACHMENT_BYTES = env.int("ATTACHMENT_MB", 10) * 1024 * 1024
ATTACHMENTS_PER_FILING = env.int("ATTACHMENTS_PER_FILING", 20)
# Front-line visits that one enterprise gets in a calendar year, all bodies together.
FRONT_LINE_VISITS_A_YEAR = env.int("FRONT_LINE_VISITS_A_YEAR", 4)
# tcp://host:port of a ClamAV daemon. With it nothing is handed out before it was found clean.
CLAMAV_URL = env.str("CLAMAV_URL", "")
# Proxies in front that write X-Forwarded-For; 0 believes nobody but the connection itself.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_REDIRECT_EXEMPT = [r"^health/"]
    SECURE_HSTS_SECONDS = 31536000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True

LOGGING = logs.configure(as_json=PRODUCTION, level=env.str("LOG_LEVEL", "INFO" if PRODUCTION else "WARNING"))

# Mail is for forgotten passwords; a local portal writes it to the console.
vars().update(env.email_url("EMAIL_URL") if PRODUCTION else env.email_url("EMAIL_URL", "consolemail://"))
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", "portal@localhost")

# Where notices leave the house: empty is closed, "console:" writes a line of log and sends nothing.
_GATEWAY = "" if PRODUCTION else "console:"
NOTICE_GATEWAYS = {
    "sms": env.str("SMS_GATEWAY", _GATEWAY),
    "wecom": env.str("WECOM_GATEWAY", _GATEWAY),
    "email": env.str("MAIL_GATEWAY", _GATEWAY),
}
SMS_TOKEN = env.str("SMS_TOKEN", "")
SMS_SIGNATURE = env.str("SMS_SIGNATURE", "泰安要素保障")
WECOM_CORP_ID = env.str("WECOM_CORP_ID", "")
WECOM_SECRET = env.str("WECOM_SECRET", "")
WECOM_AGENT_ID = env.int("WECOM_AGENT_ID", 0)
NOTICE_TIMEOUT = EMAIL_TIMEOUT = env.int("NOTICE_TIMEOUT", 10)
QUIET_FROM = time.fromisoformat(env.str("QUIET_FROM", "21:00"))
QUIET_UNTIL = time.fromisoformat(env.str("QUIET_UNTIL", "08:00"))
DIGEST_TIME = time.fromisoformat(env.str("DIGEST_TIME", "08:30"))
