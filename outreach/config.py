"""Every setting, in one place, typed; nonsense is refused in one sentence. Documented in docs/settings.md.

`Settings(...)` is pure (tests and wiring use it); `load()` also reads the environment and keeps the secret key.
An empty string always means "not set".
"""

import os
import re
import secrets
from email.utils import parseaddr
from functools import lru_cache
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DEFAULT_MAIL_FROM = "hello@outreach.localhost"
SMTP_PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
IMAP_PORTS = {"imap": 143, "imaps": 993, "imap+starttls": 143}
SHORTEST_SECRET = 16
SECRET_KEY, OLD_SECRET_KEYS = Path("secrets/secret-key"), Path("secrets/old-secret-keys")
"""Where the data folder keeps them."""
_DOMAIN = re.compile(r"(?=.{1,253}$)[^\W_](?:[\w-]{0,61}[^\W_])?(?:\.[^\W_](?:[\w-]{0,61}[^\W_])?)*", re.UNICODE)


class BadSetting(ValueError):
    """A setting that cannot be; the sentence names it, its value and the remedy."""


class Settings(BaseSettings):
    """All settings. Field names are ours, the aliases are the names of the environment variables."""

    model_config = SettingsConfigDict(populate_by_name=True, extra="ignore", case_sensitive=True)

    data: Path = Field(default=Path("var"), validation_alias="OUTREACH_DATA")
    port: int = Field(default=8000, validation_alias="OUTREACH_PORT")
    listen: str = Field(default="127.0.0.1", validation_alias="OUTREACH_LISTEN")
    base_url: str = Field(default="", validation_alias="BASE_URL")
    database_url: str = Field(default="", validation_alias="DATABASE_URL", repr=False)
    redis_url: str = Field(default="", validation_alias="REDIS_URL", repr=False)
    secret_key: str = Field(default="", validation_alias="SECRET_KEY", repr=False)
    old_secret_keys: str = Field(default="", validation_alias="OLD_SECRET_KEYS", repr=False)
    smtp_url: str = Field(default="", validation_alias="SMTP_URL", repr=False)
    imap_url: str = Field(default="", validation_alias="IMAP_URL", repr=False)
    inbound_smtp_listen: str = Field(default="127.0.0.1:8026", validation_alias="INBOUND_SMTP_LISTEN")
    inbound_lmtp_listen: str = Field(default="", validation_alias="INBOUND_LMTP_LISTEN")
    inbound_tls_cert: str = Field(default="", validation_alias="INBOUND_TLS_CERT")
    inbound_tls_key: str = Field(default="", validation_alias="INBOUND_TLS_KEY")
    mail_from: str = Field(default=DEFAULT_MAIL_FROM, validation_alias="MAIL_FROM")
    reply_domain: str = Field(default="", validation_alias="REPLY_DOMAIN")
    movable_clock: bool | None = Field(default=None, validation_alias="OUTREACH_MOVABLE_CLOCK")
    local_smtp: str = Field(default="", validation_alias="OUTREACH_LOCAL_SMTP")
    private_hosts: bool = Field(default=True, validation_alias="OUTREACH_PRIVATE_HOSTS")
    authserv_id: str = Field(default="", validation_alias="AUTHSERV_ID")
    sense_url: str = Field(default="", validation_alias="SENSE_URL")
    sense_key: str = Field(default="", validation_alias="SENSE_KEY", repr=False)
    sense_model: str = Field(default="", validation_alias="SENSE_MODEL")
    sense_seconds: float = Field(default=5.0, gt=0, le=30, validation_alias="SENSE_SECONDS")

    @property
    def our_mail_servers(self) -> frozenset[str]:
        """Names by which our own mail servers sign what they checked (AUTHSERV_ID); nobody else is believed."""
        return frozenset(name for name in re.split(r"[\s,]+", self.authserv_id.lower()) if name)

    @property
    def mail_is_local(self) -> bool:
        """True when letters go to our own local mail server and nobody outside gets them."""
        return not self.smtp_url

    @property
    def submission_url(self) -> str:
        """Where letters are handed in: SMTP_URL, else the local mail server; empty when neither is known."""
        return self.smtp_url or (f"smtp://{self.local_smtp}" if self.local_smtp else "")

    @property
    def mail_from_address(self) -> str:
        """The bare address of MAIL_FROM, without a display name."""
        return _bare_address(self.mail_from)

    @property
    def keys(self) -> tuple[bytes, ...]:
        """The secret key, and those before it: the first one signs and seals, all of them verify and open."""
        return tuple(key.encode() for key in (self.secret_key, *self.old_secret_keys.split()))

    def environment(self) -> dict[str, str]:
        """These settings as environment variables, for child processes."""
        values = {field.validation_alias: getattr(self, name) for name, field in type(self).model_fields.items()}
        return {str(alias): _as_text(value) for alias, value in values.items()}

    @field_validator("*", mode="before")
    @classmethod
    def _empty_is_absent(cls, value: Any, info: Any) -> Any:
        if isinstance(value, str) and not value.strip():
            return cls.model_fields[info.field_name].default
        return value.strip() if isinstance(value, str) else value

    @field_validator("data")
    @classmethod
    def _data_is_absolute(cls, value: Path) -> Path:
        return Path(os.path.abspath(value.expanduser()))

    @field_validator("port")
    @classmethod
    def _port_exists(cls, value: int) -> int:
        if not 1 <= value <= 65535:
            raise BadSetting(f"is {value}; a port is a number from 1 to 65535")
        return value

    @field_validator("listen")
    @classmethod
    def _listen_is_a_host(cls, value: str) -> str:
        if re.search(r"[\s/@]", value) or re.fullmatch(r"[^:]*:\d+", value):
            raise BadSetting(f"is '{value}'; give a host name or IP address alone, for example 0.0.0.0")
        return value.strip("[]")

    @field_validator("base_url")
    @classmethod
    def _base_url_is_web(cls, value: str) -> str:
        if not value:
            return value
        parts = _split(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise BadSetting(f"is '{value}'; give the address people open, for example https://follow.example.com")
        if parts.path.strip("/"):
            raise BadSetting(f"is '{value}'; the product lives at the root of its host, so leave the path out")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _database_is_postgresql(cls, value: str) -> str:
        if not value:
            return value
        scheme, separator, rest = value.partition("://")
        if not separator or scheme not in ("postgres", "postgresql", "postgresql+psycopg"):
            raise BadSetting(
                f"starts with '{scheme[:30]}'; only PostgreSQL is supported: postgresql://user:password@host/database"
            )
        return f"postgresql+psycopg://{rest}"

    @field_validator("redis_url")
    @classmethod
    def _redis_is_redis(cls, value: str) -> str:
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            raise BadSetting(
                f"starts with '{value.partition('://')[0][:30]}'; give redis://host:6379/0, rediss:// or unix:///path"
            )
        return value

    @field_validator("secret_key")
    @classmethod
    def _secret_is_long(cls, value: str) -> str:
        if value and len(value) < SHORTEST_SECRET:
            raise BadSetting(
                f"has {len(value)} characters and needs {SHORTEST_SECRET}; leave it out and one is made and kept"
            )
        return value

    @field_validator("old_secret_keys")
    @classmethod
    def _old_secrets_are_long(cls, value: str) -> str:
        short = [len(key) for key in value.split() if len(key) < SHORTEST_SECRET]
        if short:
            raise BadSetting(
                f"has a key of {short[0]} characters; give whole keys of {SHORTEST_SECRET} or more, with spaces"
            )
        return value

    @field_validator("smtp_url")
    @classmethod
    def _smtp_url_is_a_server(cls, value: str) -> str:
        return _server_url(value, SMTP_PORTS, "smtp+starttls://user:password@mail.example.com:587")

    @field_validator("imap_url")
    @classmethod
    def _imap_url_is_a_server(cls, value: str) -> str:
        return _server_url(value, IMAP_PORTS, "imaps://user:password@mail.example.com:993")

    @field_validator("sense_url")
    @classmethod
    def _sense_url_is_an_endpoint(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise BadSetting(f"is '{value}'; give the address of an endpoint, for example http://127.0.0.1:11434/v1")
        return value

    @field_validator("inbound_tls_cert", "inbound_tls_key")
    @classmethod
    def _tls_file_is_there(cls, value: str) -> str:
        if value and not Path(value).is_file():
            raise BadSetting(f"is '{value}', and there is no such file")
        return value

    @field_validator("inbound_smtp_listen", "inbound_lmtp_listen", "local_smtp")
    @classmethod
    def _listen_is_host_and_port(cls, value: str) -> str:
        if value:
            host_and_port(value)
        return value

    @field_validator("mail_from")
    @classmethod
    def _mail_from_is_an_address(cls, value: str) -> str:
        local, at, domain = parseaddr(value)[1].rpartition("@")
        if not at or not local or not _DOMAIN.fullmatch(domain) or re.search(r"[\r\n]", value):
            raise BadSetting(f"is '{value}'; give an address, for example Ann Example <ann@example.com>")
        return value

    @field_validator("reply_domain")
    @classmethod
    def _reply_domain_is_a_domain(cls, value: str) -> str:
        if value and not _DOMAIN.fullmatch(value):
            raise BadSetting(f"is '{value}'; give a domain alone, for example replies.example.com")
        return value.lower()

    @model_validator(mode="after")
    def _fill_in(self) -> Self:
        host = "127.0.0.1" if self.listen in ("0.0.0.0", "::", "localhost") else self.listen  # noqa: S104  compared, not listened on
        host = f"[{host}]" if ":" in host else host
        self.base_url = self.base_url or f"http://{host}:{self.port}"
        self.reply_domain = self.reply_domain or self.mail_from_address.rpartition("@")[2].lower()
        if self.movable_clock is None:
            self.movable_clock = not self.smtp_url
        return self


def load() -> Settings:
    """The settings of this process: from the environment, with the secret key kept in the data folder.

    Raises BadSetting with one sentence.
    """
    return with_secret(read())


def read() -> Settings:
    """The settings as the environment has them; makes no file. Raises BadSetting with one sentence."""
    try:
        return Settings()
    except ValidationError as error:
        raise BadSetting(_one_sentence(error)) from None


def with_secret(settings: Settings) -> Settings:
    """Fill in the secret key that the data folder keeps, when none is set. Raises BadSetting."""
    if not settings.secret_key:
        settings.secret_key = kept_secret(settings.data / SECRET_KEY)
    if not settings.old_secret_keys:
        settings.old_secret_keys = " ".join(kept_before(settings.data))
    return settings


def kept_before(data: Path) -> list[str]:
    """The secret keys that the data folder kept before, the latest first."""
    try:
        return (data / OLD_SECRET_KEYS).read_text().split()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise BadSetting(f"The earlier secrets in {data / OLD_SECRET_KEYS} cannot be read ({error}).") from None


def rotate_secret(data: Path) -> None:
    """Another secret key for this data folder; the one before is kept, first of all. Raises BadSetting."""
    present = kept_secret(data / SECRET_KEY)
    before = [present, *(key for key in kept_before(data) if key != present)]
    _replace(data / OLD_SECRET_KEYS, "\n".join(before) + "\n")
    _replace(data / SECRET_KEY, secrets.token_urlsafe(48))


def _replace(path: Path, text: str) -> None:
    """The whole file or none of it, for its owner alone."""
    unfinished = path.with_name(f".{path.name}.new")
    try:
        unfinished.unlink(missing_ok=True)
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as error:
        raise BadSetting(f"The secret in {path} cannot be written ({error}); make the folder writable.") from None


def kept_secret(path: Path) -> str:
    """The secret in this file (0600 in a 0700 folder); made at the first call. Raises BadSetting."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(48))
        kept = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(
            f"The secret in {path} cannot be read or written ({error}); make the folder writable for this user, "
            "or set OUTREACH_DATA to another folder."
        ) from None
    if len(kept) < SHORTEST_SECRET:
        raise BadSetting(
            f"The secret in {path} is damaged; put the old one back, or remove the file and lose sign-ins."
        )
    return kept


def host_and_port(value: str) -> tuple[str, int]:
    """'127.0.0.1:8026' or '[::1]:8026' as host and port. Raises BadSetting."""
    host, colon, port = value.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or not 0 < int(port) <= 65535 or not host:
        raise BadSetting(f"is '{value}'; give host:port, for example 127.0.0.1:8026")
    return host.strip("[]"), int(port)


def _server_url(value: str, ports: dict[str, int], example: str) -> str:
    if not value:
        return value
    parts = _split(value)
    if parts.scheme not in ports or not parts.hostname:
        raise BadSetting(f"is '{_hide_password(value)}'; give {example} ({', '.join(f'{s}://' for s in ports)})")
    return value


def _split(value: str) -> Any:
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018  raises ValueError when it is no number
    except ValueError as error:
        raise BadSetting(f"is '{_hide_password(value)}': {error}") from None
    return parts


def _hide_password(url: str) -> str:
    return re.sub(r"//[^@/]*@", "//...@", url)


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return "" if value is None else str(value)


@lru_cache(maxsize=8)
def _bare_address(value: str) -> str:
    return parseaddr(value)[1]


def _one_sentence(error: ValidationError) -> str:
    """The first complaint as 'NAME is ...; remedy'."""
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else "A setting"
    name = str(Settings.model_fields[name].validation_alias) if name in Settings.model_fields else name
    cause = first.get("ctx", {}).get("error")
    if isinstance(cause, BadSetting):
        return f"{name} {cause}."
    return f"{name} is '{first['input']}': {first['msg'][:1].lower()}{first['msg'][1:]}."
