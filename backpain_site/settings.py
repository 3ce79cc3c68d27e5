"""One settings file; the environment decides. `.env.example` lists every variable."""

import os
import re
import secrets
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import dj_database_url
import dotenv
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

BASE_DIR = Path(__file__).resolve().parent.parent
# Variables of the environment win over the file.
dotenv.load_dotenv(BASE_DIR / ".env")


def env_flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, str(default)).strip().lower() in {"1", "true", "yes", "on"}


def env_number(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not (text.isascii() and text.isdecimal()):
        raise ImproperlyConfigured(f"{name} must be a whole number, not {text!r}.")
    return int(text)


def env_list(name: str) -> list[str]:
    return [item.strip() for item in os.environ.get(name, "").split(",") if item.strip()]


DEBUG = env_flag("DEBUG")
DATA_DIR = (BASE_DIR / (os.environ.get("DATA_DIR") or "var")).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)

# Where readers find the site. A local address means "this machine": no key or host list needed.
LOCAL_URL = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
SITE_URL = (os.environ.get("SITE_URL") or LOCAL_URL).rstrip("/")
SITE_NAME = "Back points"
LOCAL_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
site_address = urlsplit(SITE_URL)
IS_LOCAL = site_address.hostname in {"127.0.0.1", "localhost", "::1"}
IS_HTTPS = site_address.scheme == "https"
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS")
if not (ALLOWED_HOSTS or IS_LOCAL):
    raise ImproperlyConfigured("Set ALLOWED_HOSTS: the host names this site answers to.")
# A monitor on this machine asks for /healthz by a local name.
ALLOWED_HOSTS += LOCAL_HOSTS


def local_secret_key() -> str:
    """Return this machine's key from DATA_DIR, made once, readable by its owner only."""
    path = DATA_DIR / "secret_key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(50))
    return path.read_text().strip()


SECRET_KEY = os.environ.get("SECRET_KEY", "")
if not SECRET_KEY:
    if not IS_LOCAL:
        raise ImproperlyConfigured("Set SECRET_KEY: a long random text, kept private.")
    SECRET_KEY = local_secret_key()

INSTALLED_APPS = [
    "backpain_site.apps.SiteConfig",
    "points",
    "articles",
    "import_export",
    "markdownx",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "backpain_site.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "backpain_site.freshness.LeaseMiddleware",
    "backpain_site.middleware.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "backpain_site.middleware.LimitsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "backpain_site.middleware.GZipTextMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "backpain_site.second_factor.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "axes.middleware.AxesMiddleware",
    "backpain_site.scheduling.ScheduleMiddleware",
    "backpain_site.middleware.OldAddressMiddleware",
    "backpain_site.memo.VersionMiddleware",
]

ROOT_URLCONF = "backpain_site.urls"
WSGI_APPLICATION = "backpain_site.wsgi.application"

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
                "backpain_site.context_processors.site",
            ],
        },
    }
]

DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'site.sqlite3'}",
        conn_max_age=60,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Writers queue instead of failing; readers never wait for a writer; a save is on the disk.
    DATABASES["default"]["ENGINE"] = "backpain_site.sqlite"
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 10,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;",
    }
else:
    # A machine that does not answer must not hold up whoever asks: it is away.
    DATABASES["default"].setdefault("OPTIONS", {}).update(connect_timeout=3, tcp_user_timeout=5000)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

cache_url = os.environ.get("CACHE_URL", "")
own_caches = "backpain_site.shared_cache"
CACHES = (
    {
        "default": {"BACKEND": f"{own_caches}.SharedCache", "LOCATION": cache_url},
        "copies": {"BACKEND": f"{own_caches}.RedisInTime", "LOCATION": cache_url},
    }
    if cache_url
    else {
        "default": {
            "BACKEND": f"{own_caches}.MachineCache",
            "LOCATION": str(DATA_DIR / "cache.sqlite3"),
        },
        "copies": {
            "BACKEND": f"{own_caches}.FileCache",
            "LOCATION": str(DATA_DIR / "copies.sqlite3"),
        },
    }
)

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
# Where the desk is; another address than the usual one spares the log who tries that.
ADMIN_PATH = os.environ.get("ADMIN_PATH", "").strip("/") or "admin"
if not re.fullmatch(r"[\w-]+(/[\w-]+)*", ADMIN_PATH, re.ASCII):
    raise ImproperlyConfigured(f"ADMIN_PATH must be a path such as desk, not {ADMIN_PATH!r}.")
LOGIN_REDIRECT_URL = "admin:index"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in [
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    ]
]
# Whether everybody on the desk needs a code from a phone; who sets one up always does.
REQUIRE_SECOND_FACTOR = env_flag("REQUIRE_SECOND_FACTOR")
OTP_TOTP_ISSUER = SITE_NAME
OTP_ADMIN_HIDE_SENSITIVE_DATA = True
# The fifth failure locks an account for an address for a quarter of an hour; see door.Throttle.
AXES_ENABLE_ADMIN = False
AXES_HANDLER = "backpain_site.door.Throttle"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "backpain_site.door.locked"
AXES_CLIENT_IP_CALLABLE = "backpain_site.visitors.address_of"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Another host may serve the uploads: a CDN, or the store itself. Texts say /media/ all the same.
MEDIA_URL = (os.environ.get("MEDIA_URL") or "/media").rstrip("/") + "/"
MEDIA_ROOT = DATA_DIR / "media"


def media_storage(url: str) -> dict:
    """Return the storage of uploads: a folder when `url` is empty, else the bucket it names.

    `s3://key:secret@host/bucket?region=…`; without a key the environment's own (a role) is used.
    """
    if not url:
        return {"BACKEND": "backpain_site.media.MediaFolder"}
    address = urlsplit(url)
    bucket = address.path.strip("/")
    if address.scheme not in {"s3", "s3+http"} or not (address.hostname and bucket):
        raise ImproperlyConfigured(
            "MEDIA_STORAGE_URL must look like s3://key:secret@host/bucket?region=name."
        )
    if not find_spec("storages"):
        raise ImproperlyConfigured(
            "MEDIA_STORAGE_URL needs more packages: pip install -r requirements-s3.txt."
        )
    protocol = "http" if address.scheme == "s3+http" else "https"
    options = {
        "endpoint_url": f"{protocol}://{address.netloc.rpartition('@')[2]}",
        "bucket_name": bucket,
        "region_name": parse_qs(address.query).get("region", ["us-east-1"])[0],
    }
    if address.username:
        options["access_key"] = unquote(address.username)
        options["secret_key"] = unquote(address.password or "")
    return {"BACKEND": "backpain_site.storage.ObjectStorage", "OPTIONS": options}


STORAGES = {
    "default": media_storage(os.environ.get("MEDIA_STORAGE_URL", "")),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_USE_FINDERS = DEBUG

# Our own endpoints replace markdownx's, which let anyone upload and preview.
MARKDOWNX_URLS_PATH = f"/{ADMIN_PATH}/markdown/preview/"
MARKDOWNX_UPLOAD_URLS_PATH = f"/{ADMIN_PATH}/markdown/upload/"

UPLOAD_MAX_BYTES = 10 * 1024 * 1024
UPLOAD_MAX_PIXELS = 40_000_000

# Searches a minute an address; 0 turns the limit off.
SEARCH_RATE_LIMIT = env_number("SEARCH_RATE_LIMIT", 60)

# Who is told of a weakness, at /.well-known/security.txt: an address that begins with https: or
# mailto:.
SECURITY_CONTACT = os.environ.get("SECURITY_CONTACT", "")

# How many proxies stand in front, each adding to X-Forwarded-For; 0 ignores that header.
TRUSTED_PROXIES = env_number("TRUSTED_PROXIES", 0)

# Browsers keep pages for reading without network; off, they forget what they kept.
OFFLINE = env_flag("OFFLINE", default=True)

# Sources a page may load from; sent by HeadersMiddleware on every answer.
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "manifest-src": ["'self'"],
    "worker-src": ["'self'"],
    "form-action": ["'self'"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}
if urlsplit(MEDIA_URL).netloc:
    SECURE_CSP["img-src"].append("{0.scheme}://{0.netloc}".format(urlsplit(MEDIA_URL)))
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# From the login on, however much is done meanwhile; see door.logged_in.
SESSION_COOKIE_AGE = 12 * 60 * 60
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SESSION_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_SECURE = IS_HTTPS
if IS_HTTPS:
    # Browsers let no other host or path set cookies of these names.
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    # TLS ends at the proxy in front, which must set this header itself.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    CSRF_TRUSTED_ORIGINS = [SITE_URL]

# One object a line where machines read them; docs/operations.md has what they say.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "backpain_site.logs.LineFormatter",
            "format": "{levelname} {name}: {message}",
            "style": "{",
        },
        "json": {"()": "backpain_site.logs.JSONFormatter"},
    },
    "filters": {
        "strangers": {
            "()": "django.utils.log.CallbackFilter",
            "callback": import_string("backpain_site.logs.without_trace_of_strangers"),
        },
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["strangers"],
            "formatter": "line" if DEBUG or IS_LOCAL else "json",
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "granian.access": {"level": "INFO"},
        # Who logs in; axes says the same without the name.
        "backpain_site.door": {"level": "INFO"},
        "axes": {"level": "ERROR"},
    },
}
# A line a request, for sites without a proxy that writes one.
ACCESS_LOG = env_flag("ACCESS_LOG")
# Where this machine, and nobody else, may ask for figures of the server; 0 for nowhere.
METRICS_PORT = env_number("METRICS_PORT", 0)

if sentry_dsn := os.environ.get("SENTRY_DSN"):
    if not find_spec("sentry_sdk"):
        raise ImproperlyConfigured(
            "SENTRY_DSN needs another package: pip install -r requirements-sentry.txt."
        )
    import_string("backpain_site.sentry.start")(sentry_dsn)
