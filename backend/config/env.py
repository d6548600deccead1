"""Reads every setting from the environment, once, typed, loud when wrong.

`read()` is the only place in the project that looks at environment variables. The defaults are the embedded
form: SQLite, in-memory channels and cache, local Chroma, no LLM. docs/operations.md names every variable and a
test compares the two.
"""

import base64
import binascii
import hmac
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

ASSISTANT_DOORS = ("http", "stream", "ws", "llm", "account")
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Env:
    """What the environment says. Field names are the variables' names in lower case."""

    data_dir: Path
    demo: bool
    debug: bool
    secret_key: str
    token_keys: dict[int, bytes]
    seal_key: bytes
    seal_signing_key: list[bytes]
    public_base_url: str
    allowed_hosts: list[str]
    trusted_proxies: int
    database: dict[str, object]
    redis_url: str
    chroma_url: str
    llm_base_url: str
    llm_model: str
    llm_api_key: str
    llm_timeout_seconds: float
    assistant_closed_doors: list[str]
    poster_font: str
    webhooks_allow_private: bool
    wechat_appid: str
    wechat_secret: str
    wechat_base_url: str
    log_level: str
    device_event_max_age_hours: int
    receipt_valid_days: int


def read() -> Env:
    """Reads and checks the environment; raises ImproperlyConfigured with the variable's name and the mend."""
    env = environ.Env()
    data_dir = Path(env.str("DATA_DIR", default=str(ROOT / "data"))).expanduser().resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    secret_key = env.str("SECRET_KEY", default="") or _kept_secret(data_dir / "secret_key")
    base_url = _http_url(env, "PUBLIC_BASE_URL", f"http://127.0.0.1:{env.int('PORT', default=8000)}")
    return Env(
        data_dir=data_dir,
        demo=env.bool("DEMO", default=False),
        debug=env.bool("DEBUG", default=False),
        secret_key=secret_key,
        token_keys=_token_keys(env.str("TOKEN_KEYS", default=""), secret_key),
        seal_key=_seal_key(env.str("SEAL_KEY", default=""), secret_key),
        seal_signing_key=_seal_signing_key(env.str("SEAL_SIGNING_KEY", default=""), secret_key),
        public_base_url=base_url,
        allowed_hosts=env.list("ALLOWED_HOSTS", default=[_host(base_url), "127.0.0.1", "localhost", "[::1]"]),
        trusted_proxies=env.int("TRUSTED_PROXIES", default=0),
        database=_database(env, data_dir),
        redis_url=env.str("REDIS_URL", default=""),
        chroma_url=_http_url(env, "CHROMA_URL", ""),
        llm_base_url=_http_url(env, "LLM_BASE_URL", ""),
        llm_model=env.str("LLM_MODEL", default=""),
        llm_api_key=env.str("LLM_API_KEY", default=""),
        llm_timeout_seconds=env.float("LLM_TIMEOUT_SECONDS", default=20.0),
        assistant_closed_doors=_closed_doors(env.list("ASSISTANT_CLOSED_DOORS", default=[])),
        poster_font=env.str("POSTER_FONT", default=""),
        webhooks_allow_private=env.bool("WEBHOOKS_ALLOW_PRIVATE", default=False),
        wechat_appid=env.str("WECHAT_APPID", default=""),
        wechat_secret=env.str("WECHAT_SECRET", default=""),
        wechat_base_url=_http_url(env, "WECHAT_BASE_URL", "https://api.weixin.qq.com"),
        log_level=env.str("LOG_LEVEL", default="INFO"),
        device_event_max_age_hours=env.int("DEVICE_EVENT_MAX_AGE_HOURS", default=72),
        receipt_valid_days=env.int("RECEIPT_VALID_DAYS", default=30),
    )


def _kept_secret(path: Path) -> str:
    """The embedded form makes its own secret once and keeps it beside the data it protects."""
    try:
        with path.open("x", encoding="ascii") as file:
            path.chmod(0o600)
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii")


def _token_keys(text: str, secret_key: str) -> dict[int, bytes]:
    """Parses `2:base64,1:base64`; the highest id signs, all verify. Default: key 1, made from the secret."""
    if not text:
        return {1: secret_key.encode()}
    keys = {}
    for part in text.split(","):
        number, _, encoded = part.strip().partition(":")
        try:
            keys[int(number)] = base64.b64decode(encoded, validate=True)
        except (ValueError, binascii.Error) as wrong:
            raise ImproperlyConfigured("TOKEN_KEYS wants `2:<base64>,1:<base64>`") from wrong
    if any(not 0 < number < 256 or len(key) < 32 for number, key in keys.items()):
        raise ImproperlyConfigured("TOKEN_KEYS: ids are 1-255, keys 32 bytes or more (openssl rand -base64 32)")
    return keys


def _seal_key(text: str, secret_key: str) -> bytes:
    """The key of the seal's salts. It never changes: with another one no sealed leaf can be opened."""
    if not text:
        return _derived(secret_key, "seal/salts")
    key = _base64(text)
    if key is None or len(key) < 32:
        raise ImproperlyConfigured("SEAL_KEY wants 32 bytes or more in base64 (openssl rand -base64 32)")
    return key


def _seal_signing_key(text: str, secret_key: str) -> list[bytes]:
    """Parses `new,old`: Ed25519 seeds. The first signs checkpoints, all are ours."""
    if not text:
        return [_derived(secret_key, "seal/signing")]
    seeds = [seed for part in text.split(",") if (seed := _base64(part.strip())) and len(seed) == 32]
    if len(seeds) != len(text.split(",")):
        raise ImproperlyConfigured(
            "SEAL_SIGNING_KEY wants seeds of 32 bytes in base64, `new,old` (openssl rand -base64 32)"
        )
    return seeds


def _derived(secret_key: str, purpose: str) -> bytes:
    return hmac.digest(secret_key.encode(), purpose.encode(), "sha256")


def _base64(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return None


def _closed_doors(names: list[str]) -> list[str]:
    unknown = set(names) - set(ASSISTANT_DOORS)
    if unknown:
        raise ImproperlyConfigured(f"ASSISTANT_CLOSED_DOORS knows {', '.join(ASSISTANT_DOORS)}; got {sorted(unknown)}")
    return names


def _http_url(env: environ.Env, name: str, default: str) -> str:
    url: str = env.str(name, default=default).rstrip("/")
    if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
        raise ImproperlyConfigured(f"{name} wants an http(s) URL such as https://green.example.cn, got {url!r}")
    return url


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _database(env: environ.Env, data_dir: Path) -> dict[str, object]:
    url = env.str("DATABASE_URL", default="") or f"sqlite:///{data_dir / 'green.sqlite3'}"  # set to nothing is not set
    config: dict[str, object] = dict(env.db_url_config(url))
    engine = str(config.get("ENGINE", ""))
    if engine.endswith("sqlite3"):
        return config | SQLITE
    if engine.endswith("postgresql"):
        pool = {"min_size": 2, "max_size": env.int("DATABASE_POOL", default=20), "timeout": 10}
        return config | {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False, "OPTIONS": {"pool": pool}}
    raise ImproperlyConfigured("DATABASE_URL wants sqlite:///… or postgres://…")


# IMMEDIATE: a transaction that reads and then writes takes its lock at the start, so it waits instead of failing
# half-way. FULL: what was answered survives a power cut.
SQLITE: dict[str, object] = {
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
}
