"""Django's settings: the environment (env.py) and decisions that are the same everywhere."""

from datetime import timedelta
from urllib.parse import urlsplit

from backend.config import env as _env

ENV = _env.read()
DATA_DIR = ENV.data_dir
DEMO = ENV.demo
DEBUG = ENV.debug
SECRET_KEY = ENV.secret_key
PUBLIC_BASE_URL = ENV.public_base_url
HTTPS = PUBLIC_BASE_URL.startswith("https://")
ALLOWED_HOSTS = ENV.allowed_hosts
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL]
TRUSTED_PROXIES = ENV.trusted_proxies

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "channels",
    "backend.config",
    "backend.edge",
    "backend.audit",
    "backend.ledger",
    "backend.outbox",
    "backend.accounts",
    "backend.inbox",
    "backend.seal",
    "backend.tokens",
    "backend.carbon",
    "backend.merchants",
    "backend.webhooks",
    "backend.earning",
    "backend.recycling",
    "backend.travel",
    "backend.purchases",
    "campaigns",
    "knowledge",
    "bot",
    "backend.ops",
    "backend.web",
    "django.contrib.admin.apps.SimpleAdminConfig",  # after ops, whose templates come first
]
MIDDLEWARE = [
    "backend.edge.middleware.request_id",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "backend.edge.middleware.content_security_policy",
    "backend.edge.middleware.problems_outside_rest",
    "backend.ops.console.middleware.Sessions",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "backend.ops.console.middleware.People",
    "backend.ops.console.middleware.Messages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "backend.config.urls"
ASGI_APPLICATION = "backend.config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",  # lazy: no session is opened unless a page names `user`
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {"default": ENV.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
CHANNEL_LAYERS = {
    "default": {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": [ENV.redis_url]}}
    if ENV.redis_url
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": ENV.redis_url}
    if ENV.redis_url
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# Evidence has no address: its files are read through the API alone, by their owner and by operators.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # nothing is kept there
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "evidence": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": DATA_DIR / "evidence",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
}
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

# A request larger than this is refused before it is read; photographs have their own limit in the decoding endpoint.
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
IMAGE_UPLOAD_MAX_BYTES = 6 * 1024 * 1024

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# Sessions are the console's alone; everything else is a bearer token.
SESSION_COOKIE_NAME, SESSION_COOKIE_PATH, SESSION_COOKIE_SAMESITE = "console", "/console/", "Strict"
SESSION_COOKIE_AGE = 8 * 3600
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
AUTHENTICATION_BACKENDS = ["backend.ops.console.entry.ByPhone"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
X_FRAME_OPTIONS = "DENY"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["backend.accounts.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["backend.edge.permissions.Nobody"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["backend.edge.parsing.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "backend.edge.openapi.Schema",
    "DEFAULT_THROTTLE_CLASSES": ["backend.edge.throttles.PerCaller"],
    "DEFAULT_THROTTLE_RATES": {
        "caller": "600/min",
        "assistant": "60/min",
        "hand_off": "20/hour",
        "login": "60/min",
        "sessions": "6000/min",
        "device": "60/min",
    },
    "EXCEPTION_HANDLER": "backend.edge.problems.exception_handler",
    "NUM_PROXIES": TRUSTED_PROXIES,
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,  # only Accept chooses the form of an answer
}
SPECTACULAR_SETTINGS = {
    "TITLE": "渝中绿色积分 · Yuzhong Green Points",
    "DESCRIPTION": "Green points, vouchers and an assistant that cites its sources.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "backend.edge.openapi.declare_problems",
    ],
}

ACCESS_TOKEN_LIFETIME = timedelta(minutes=15)
REFRESH_TOKEN_LIFETIME = timedelta(days=30)

TOKEN_KEYS = ENV.token_keys
TOKEN_ACTIVE_KEY = max(TOKEN_KEYS)
# How long one code is shown before the next; the one before it is accepted too, so a code lives 1-2 windows.
TOKEN_WINDOW_SECONDS = {"STATION_SCREEN": 120, "RESIDENT": 60, "VOUCHER": 60, "OCCASION": 60}

RECEIPT_VALID_DAYS = ENV.receipt_valid_days  # how long a green receipt can be claimed

DEVICE_EVENT_MAX_AGE_HOURS = ENV.device_event_max_age_hours  # how long a bin may be offline without losing events

SEAL_KEY, SEAL_SIGNING_KEY = ENV.seal_key, ENV.seal_signing_key
SEAL_ORIGIN = f"{urlsplit(PUBLIC_BASE_URL).hostname}/ledger"  # names the log in its signed checkpoints

CHROMA_URL = ENV.chroma_url
LLM_BASE_URL, LLM_MODEL, LLM_API_KEY = ENV.llm_base_url, ENV.llm_model, ENV.llm_api_key
LLM_TIMEOUT_SECONDS = ENV.llm_timeout_seconds
ASSISTANT_CLOSED_DOORS = ENV.assistant_closed_doors
POSTER_FONT = ENV.poster_font
WEBHOOKS_ALLOW_PRIVATE = ENV.webhooks_allow_private
WECHAT_APPID, WECHAT_SECRET, WECHAT_BASE_URL = ENV.wechat_appid, ENV.wechat_secret, ENV.wechat_base_url
SMS_SENDER = "backend.accounts.sms.ConsoleSender"
MESSAGE_SENDER = "backend.inbox.sending.ConsoleSender"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": ENV.log_level},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "httpx": {"level": "WARNING"},  # at INFO it writes every address, and WeChat's holds the secret
    },
}
