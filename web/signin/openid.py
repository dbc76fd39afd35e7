"""Signing in through an OpenID provider: authorization code with PKCE (RFC 9700, OpenID Connect Core)."""

import hmac
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict, dataclass
from hashlib import sha256
from threading import Lock
from time import monotonic
from typing import Any, TypeVar, cast
from urllib.parse import urlencode, urlsplit

import httpx2
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from pydantic import BaseModel, ValidationError

from kb.errors import InvalidError, UnavailableError
from kb.people.providers import Vouched
from kb.settings import Oidc
from kb.vocabulary import Role
from web.http.guard import is_loopback

Model = TypeVar("Model", bound=BaseModel)

DONE = "/sign-in/openid/done"
"""Where the provider sends people back to."""

_ALGORITHMS = [
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "Ed25519",
    "EdDSA",
]
"""Of signatures that only the provider can make: neither `none` nor those of a shared secret."""
_KEY_TYPES = ("RSA", "EC", "OKP")
_SECONDS = 10.0
"""For each answer of the provider."""
_LEEWAY = 60
"""Seconds that its clock may differ."""
_FRESH = 3600.0
"""Seconds for which what it says of itself is kept."""
_OCTETS = 32


class _Metadata(BaseModel):
    """What the provider says of itself."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    token_endpoint_auth_methods_supported: list[str] = ["client_secret_basic"]


class _Answer(BaseModel):
    """What the provider gives for a code."""

    id_token: str
    access_token: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that waits for the provider's answer; kept by the browser that began it."""

    state: str
    nonce: str
    verifier: str
    following: str

    def packed(self) -> str:
        """As a cookie's value."""
        return urlsafe_b64encode(json.dumps(asdict(self)).encode()).decode()


def unpacked(value: str) -> Begun | None:
    """What *packed* gave; None for anything else."""
    try:
        return Begun(**json.loads(urlsafe_b64decode(value)))
    except (ValueError, TypeError):
        return None


class Provider:
    """The provider of the settings. Safe to share between threads."""

    def __init__(self, settings: Oidc, base: str) -> None:
        """*base* is the address at which people open this server."""
        self._settings = settings
        self._redirect = base + DONE
        self._metadata: _Metadata | None = None
        self._keys: KeySet | None = None
        self._read = 0.0
        self._lock = Lock()
        self._http = httpx2.Client(timeout=_SECONDS, follow_redirects=False)

    def begin(self, following: str) -> tuple[str, Begun]:
        """Where to send the browser, and what it has to keep meanwhile; *following* is where it ends.

        Raises UnavailableError when the provider does not answer.
        """
        state, nonce, verifier = (secrets.token_urlsafe(_OCTETS) for _ in range(3))
        begun = Begun(state, nonce, verifier, following)
        challenge = urlsafe_b64encode(sha256(begun.verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": self._redirect,
            "scope": self._settings.scopes,
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        endpoint = self._about().authorization_endpoint
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}", begun

    def finish(self, begun: Begun, *, state: str, code: str, issuer: str) -> Vouched:
        """Who came back with *code* and *state*; *issuer* is who says so (RFC 9207), if it is said.

        Raises InvalidError when it is not what was begun or the provider's word can't be trusted, and
        UnavailableError when the provider does not answer.
        """
        about = self._about()
        if not hmac.compare_digest(state.encode(), begun.state.encode()) or issuer not in ("", about.issuer):
            raise InvalidError("That answer is not to what this browser asked. Begin again.")
        given = self._exchange(about, code, begun.verifier)
        claims = self._verified(given.id_token, begun.nonce)
        if about.userinfo_endpoint and given.access_token:
            claims = self._more(about.userinfo_endpoint, given.access_token, claims["sub"]) | claims
        return self._vouched(claims)

    def _about(self) -> _Metadata:
        with self._lock:
            if self._metadata is None or monotonic() - self._read > _FRESH:
                self._metadata, self._keys, self._read = self._discovered(), None, monotonic()
            return self._metadata

    def _discovered(self) -> _Metadata:
        issuer = self._settings.issuer
        if not _is_safe(issuer):
            raise UnavailableError("KB_OIDC_ISSUER has to begin with https://.")
        found = _fits(_Metadata, self._get(issuer.rstrip("/") + "/.well-known/openid-configuration"))
        if found.issuer != issuer:
            raise UnavailableError(
                f"The OpenID provider calls itself {found.issuer!r}: set KB_OIDC_ISSUER to that."
            )
        used = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri, found.userinfo_endpoint)
        if not all(_is_safe(address) for address in used if address):
            raise UnavailableError("The OpenID provider names addresses that are not https.")
        return found

    def _exchange(self, about: _Metadata, code: str, verifier: str) -> _Answer:
        settings, secret = self._settings, self._settings.client_secret.get_secret_value()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect,
            "code_verifier": verifier,
        }
        basic = "client_secret_basic" in about.token_endpoint_auth_methods_supported
        if secret and basic:
            answer = self._send("POST", about.token_endpoint, data=form, auth=(settings.client_id, secret))
        else:
            form |= {"client_id": settings.client_id} | ({"client_secret": secret} if secret else {})
            answer = self._send("POST", about.token_endpoint, data=form)
        if answer.is_error:
            raise InvalidError("The provider does not accept that code any more. Begin again.")
        return _fits(_Answer, _json(answer))

    def _verified(self, token: str, nonce: str) -> dict[str, Any]:
        """The claims of the ID token *token* (OpenID Connect Core 3.1.3.7)."""
        must = jwt.JWTClaimsRegistry(
            leeway=_LEEWAY,
            iss={"essential": True, "value": self._settings.issuer},
            aud={"essential": True, "value": self._settings.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            claims = self._signed(token)
            must.validate(claims)
        except (JoseError, ValueError) as error:
            raise InvalidError("What the provider says can't be trusted. Begin again.") from error
        audience = claims["aud"]
        if isinstance(audience, list) and len(cast("list[Any]", audience)) > 1:
            wanted = claims.get("azp")
        else:
            wanted = claims.get("azp", self._settings.client_id)
        if wanted != self._settings.client_id:
            raise InvalidError("What the provider says is meant for another program.")
        return claims

    def _signed(self, token: str) -> dict[str, Any]:
        """The claims in *token* once its signature is right; at first doubt keys are read anew."""
        try:
            return self._decoded(token, self._keyset())
        except (JoseError, ValueError):
            with self._lock:
                self._keys = None
            return self._decoded(token, self._keyset())

    def _decoded(self, token: str, keys: KeySet) -> dict[str, Any]:
        found = jwt.decode(token, keys, registry=JWSRegistry(algorithms=_ALGORITHMS), algorithms=_ALGORITHMS)
        return dict(found.claims)

    def _keyset(self) -> KeySet:
        about = self._about()
        with self._lock:
            if self._keys is None:
                keys: list[dict[str, Any]] = self._get(about.jwks_uri).get("keys", [])
                usable = [key for key in keys if key.get("kty") in _KEY_TYPES and key.get("use") != "enc"]
                self._keys = KeySet.import_key_set({"keys": cast("Any", usable)})
            return self._keys

    def _more(self, endpoint: str, token: str, subject: str) -> dict[str, Any]:
        answer = self._send("GET", endpoint, headers={"Authorization": f"Bearer {token}"})
        found = {} if answer.is_error else _json(answer)
        return found if found.get("sub") == subject else {}

    def _vouched(self, claims: dict[str, Any]) -> Vouched:
        settings = self._settings
        email = str(claims.get("email", "")) if claims.get("email_verified") is True else ""
        login = str(claims.get("preferred_username") or email or claims["sub"])
        roles: list[Role] | None = None
        if settings.roles_claim:
            said = _texts(claims.get(settings.roles_claim))
            roles = [role for value, role in settings.roles.items() if value in said]
        return Vouched(
            subject=f"{settings.issuer} {claims['sub']}",
            login=login,
            name=str(claims.get("name") or ""),
            email=email,
            roles=roles,
            groups=_texts(claims.get(settings.groups_claim)) if settings.groups_claim else None,
        )

    def _get(self, address: str) -> dict[str, Any]:
        answer = self._send("GET", address)
        if answer.is_error or answer.is_redirect:
            raise UnavailableError(f"The OpenID provider answers {answer.status_code} at {address}.")
        return _json(answer)

    def _send(self, method: str, address: str, **given: Any) -> httpx2.Response:
        try:
            return self._http.request(method, address, **given)
        except httpx2.HTTPError as error:
            raise UnavailableError(
                "The provider that signs people in does not answer. Try again later."
            ) from error


def _is_safe(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))


def _json(answer: httpx2.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise UnavailableError("The OpenID provider's answer can't be read.")
    return cast("dict[str, Any]", found)


def _fits(model: type[Model], found: dict[str, Any]) -> Model:
    try:
        return model.model_validate(found)
    except ValidationError as error:
        raise UnavailableError("The OpenID provider's answer lacks what it must say.") from error


def _texts(value: object) -> list[str]:
    """A claim that is a text or a list of texts."""
    values = cast("list[object]", value) if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, str) and one.strip()]
