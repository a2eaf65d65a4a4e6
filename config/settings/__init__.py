"""Settings, read once from the environment. README.md lists the variables."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.http.request import validate_host
from django.utils.translation import gettext_lazy as _

from config.settings import env

BASE_DIR = Path(__file__).resolve().parents[2]
ENVIRONMENT = env.choice("ENVIRONMENT", "development", {"development", "test", "production"})
IS_PRODUCTION = ENVIRONMENT == "production"
DEBUG = env.flag("DEBUG", False)
if IS_PRODUCTION and DEBUG:
    raise ImproperlyConfigured("DEBUG cannot be on in production.")

VAR_DIR = env.path("VAR_DIR", BASE_DIR / "var")
FILES_DIR = VAR_DIR / "files"
JOURNAL_DIR = VAR_DIR / "journal"
MAILBOX_DIR = env.text("MAILBOX_DIR", "")
if IS_PRODUCTION and MAILBOX_DIR:
    raise ImproperlyConfigured("MAILBOX_DIR is for development: it would show every mail.")

SECRET_KEY = env.text("SECRET_KEY", None if IS_PRODUCTION else "development-only-" + "k" * 50)
ENCRYPTION_KEYS = env.names(
    "ENCRYPTION_KEYS", "" if IS_PRODUCTION else "ZGV2ZWxvcG1lbnQtb25seS1rZXktMzItYnl0ZXMtISE="
)
if not ENCRYPTION_KEYS:
    raise ImproperlyConfigured("ENCRYPTION_KEYS must hold at least one key.")

SITE_URL = env.text("SITE_URL", None if IS_PRODUCTION else "http://127.0.0.1:8000").rstrip("/")
if not SITE_URL.startswith(("http://", "https://")):
    raise ImproperlyConfigured("SITE_URL must begin with http:// or https://.")
SITE_NAME = env.text("SITE_NAME", "Clientela")
SITE_LANGUAGE = env.choice("SITE_LANGUAGE", "es", {"es", "en"})
SITE_TIME_ZONE = env.zone("SITE_TIME_ZONE", "America/Santiago")
SITE_COUNTRY = env.code("SITE_COUNTRY", "CL", 2)
SITE_CURRENCY = env.code("SITE_CURRENCY", "CLP", 3)
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", "" if IS_PRODUCTION else "127.0.0.1,localhost")
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts that this site answers for.")
HTTPS = SITE_URL.startswith("https://")
if IS_PRODUCTION and not HTTPS:
    raise ImproperlyConfigured("SITE_URL must be https:// in production.")
if IS_PRODUCTION and not validate_host(urlsplit(SITE_URL).hostname or "", ALLOWED_HOSTS):
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the host of SITE_URL: mails link to it.")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.forms",
    "django_filters",
    "django_htmx",
    "import_export",
    "template_partials",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "config.kit",
    "config.kit.api",
    "customers",
    "targets",
    "messaging",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "customers.middleware.ScopedSessionMiddleware",
    "config.kit.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.kit.middleware.BackofficeMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
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
                "config.kit.context.site",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "template_partials.templatetags.partials",
                "config.kit.templatetags.kit",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **env.database("DATABASE_URL"),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }
}
DATABASES["default"]["OPTIONS"].setdefault("application_name", "clientela")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.broker("REDIS_URL", None if IS_PRODUCTION else "redis://127.0.0.1:6379/0")

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

AUTH_USER_MODEL = "customers.User"
AUTHENTICATION_BACKENDS = ["customers.auth.EmailBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if ENVIRONMENT == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
]
LOGIN_URL = "account:login"
PASSWORD_RESET_TIMEOUT = 60 * 60 * 24
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = SITE_NAME
MFA_ADAPTER = "customers.mfa.SecretsAdapter"
MFA_TOTP_TOLERANCE = 1
STAFF_SECOND_FACTOR_REQUIRED = env.flag("STAFF_SECOND_FACTOR_REQUIRED", IS_PRODUCTION)
if IS_PRODUCTION and not STAFF_SECOND_FACTOR_REQUIRED:
    raise ImproperlyConfigured("STAFF_SECOND_FACTOR_REQUIRED cannot be off in production.")
# Whoever comes first to an empty installation must have the link of `manage.py setup_link`.
SETUP_LINK_REQUIRED = IS_PRODUCTION

SESSION_ENGINE = "customers.sessions"
SESSION_COOKIE_NAME = "clientela"
STAFF_SESSION_COOKIE_NAME = "clientela_staff"
STAFF_SESSION_COOKIE_PATH = "/backoffice/"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
STAFF_SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", IS_PRODUCTION)
SECURE_HSTS_SECONDS = 31536000 if IS_PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_PRODUCTION
SECURE_HSTS_PRELOAD = IS_PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("BEHIND_PROXY", False) else None
)
BEHIND_PROXY = SECURE_PROXY_SSL_HEADER is not None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        "manifest-src": [SELF],
    }
}

EMAIL = env.email("EMAIL_URL", None if IS_PRODUCTION else "smtp://127.0.0.1:2525?tls=none")
DEFAULT_FROM_EMAIL = env.address(
    "DEFAULT_FROM_EMAIL", None if IS_PRODUCTION else "hola@casaquillay.example"
)
# Bounces come to this mailbox, with a token behind a plus sign.
BOUNCE_ADDRESS = env.text("BOUNCE_ADDRESS", f"bounces@{DEFAULT_FROM_EMAIL.rpartition('@')[2]}")
# Name servers (address:port) that are asked whether a domain takes mail; none: the machine's own.
DNS_SERVERS = env.names("DNS_SERVERS")
SENDING_CONNECTIONS = env.number("SENDING_CONNECTIONS", 20, least=1)
# Mails a second of one sender; 0 is no limit. By domain: "gmail.com=20,hotmail.com=5".
SENDING_RATE = env.number("SENDING_RATE", 0)
SENDING_DOMAIN_RATES = env.rates("SENDING_DOMAIN_RATES")

LANGUAGE_CODE = SITE_LANGUAGE
LANGUAGES = [("es", _("Spanish")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "language"
LOCALE_DIR = BASE_DIR / "config" / "locale"
# Tests read the source's English; the flows in a browser show the Spanish.
LOCALE_PATHS = [] if ENVIRONMENT == "test" else [LOCALE_DIR]
FORMAT_MODULE_PATH = ["config.formats"]
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
TIME_ZONE = SITE_TIME_ZONE

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
WHITENOISE_USE_FINDERS = not IS_PRODUCTION
WHITENOISE_AUTOREFRESH = False
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": FILES_DIR},
    },
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if IS_PRODUCTION
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
# Webhooks to this machine, by plain http too: to try a receiver out while it is being written.
WEBHOOKS_ALLOW_LOCAL = env.flag("WEBHOOKS_ALLOW_LOCAL", False)
if IS_PRODUCTION and WEBHOOKS_ALLOW_LOCAL:
    raise ImproperlyConfigured("WEBHOOKS_ALLOW_LOCAL is for development.")
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
IMPORT_MAX_BYTES = env.number("IMPORT_MAX_MB", 1024, least=1) * 1024 * 1024

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "default"

LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"})
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {"django.request": {"level": "ERROR"}},
}
