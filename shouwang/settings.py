"""Django's settings. The command line starts the database and says where it is in SHOUWANG_DATABASE."""

import json
import os
from datetime import timedelta
from pathlib import Path

from shouwang.records.site import Site

SITE = Site.of(os.environ)
BASE_DIR = Path(__file__).resolve().parent

SECRET_KEY = SITE.key("django").hex()
DEBUG = False
ALLOWED_HOSTS = os.environ.get("SHOUWANG_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
# Behind a proxy that speaks TLS; on loopback the demo is plain HTTP.
IS_HTTPS = os.environ.get("SHOUWANG_HTTPS", "") == "1"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "axes",
    "shouwang.records",
    "shouwang.web",
]
AUTH_USER_MODEL = "records.Account"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "shouwang.web.security.response_headers",
    # Before all that knows of sessions: no token ever sets a cookie.
    "shouwang.api.door.by_token",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "shouwang.web.sessions.signed_in",
    "shouwang.web.refusals.plain_refusals",
]
ROOT_URLCONF = "shouwang.urls"
WSGI_APPLICATION = "shouwang.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "web" / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "shouwang.web.menu.page_context",
            ],
            "builtins": ["shouwang.web.templatetags.shouwang_ui"],
            "libraries": {"shouwang_ui": "shouwang.web.templatetags.shouwang_ui"},
        },
    }
]

# {"app": {...}, "owner": {...}, "app_role": …}: how the two roles connect; `serve` leaves the owner's out.
_CONNECTIONS = json.loads(os.environ.get("SHOUWANG_DATABASE", '{"app": {}}'))
APP_ROLE = _CONNECTIONS.get("app_role", "shouwang_app")
DATABASES = {
    alias: {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        **_CONNECTIONS[role],
    }
    for alias, role in (("default", "app"), ("owner", "owner"))
    if role in _CONNECTIONS
}
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
# Served from the package itself: nothing has to be collected.
STATIC_ROOT = BASE_DIR / "web" / "static"

PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
# "mlps3" (等保三级) or "asvs": `domain.password_rules.PROFILES`.
PASSWORD_PROFILE = os.environ.get("SHOUWANG_PASSWORD_PROFILE", "mlps3")
# Administrators, the county office and above then sign in with one-time passwords.
REQUIRES_TOTP = os.environ.get("SHOUWANG_REQUIRE_TOTP", "") == "1"
# An export of more rows needs a second person (T35); one with unmasked values always does.
EXPORT_ROWS_WITHOUT_APPROVAL = int(os.environ.get("SHOUWANG_EXPORT_ROWS", "500"))
# Requests a minute of one token of the interface.
API_REQUESTS_A_MINUTE = int(os.environ.get("SHOUWANG_API_REQUESTS", "300"))
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
# Five failures of one name from one address, never of an address alone: an office shares one.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "login"
AXES_CLIENT_IP_CALLABLE = "shouwang.web.sessions.client_address"
AXES_RESET_ON_SUCCESS = True
# Waiting ends the lock, whoever goes on trying.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
# A locked name gets the same page as a wrong password, so its middleware is left out.
SILENCED_SYSTEM_CHECKS = ["axes.W002"]
SESSION_ENGINE = "django.contrib.sessions.backends.db"
# Absolute life of a session; the idle limit is `web.sessions.IDLE_MINUTES`.
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_NAME = "shouwang_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_NAME = "shouwang_csrf"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_FAILURE_VIEW = "shouwang.web.refusals.csrf_failure"
CSRF_TRUSTED_ORIGINS = [one for one in os.environ.get("SHOUWANG_ORIGINS", "").split(",") if one]
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Whose word on the client is believed: "1" is a proxy on this machine, else the proxies' addresses by comma.
_PROXY = os.environ.get("SHOUWANG_PROXY", "")
PROXIES = frozenset(["127.0.0.1", "::1"] if _PROXY == "1" else filter(None, _PROXY.split(",")))
if PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_people": {"()": "shouwang.records.log_masks.MaskPersonalData"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["no_people"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # It writes names of accounts into its warnings; the audit has what they say.
    "loggers": {"axes": {"level": "ERROR"}},
}
