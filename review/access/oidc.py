"""Signing in by an identity provider: OpenID Connect, authorisation code with PKCE.

Belongs here: asking a provider who a user is, and proving what it says. Does not: which account that is
(`review.access.provider_accounts`), the pages (`review.routes.identity_provider`).

Nothing is kept between asking and answer but a token in the browser, from which state, nonce and the verifier of the
code are derived: an answer that was meant for another browser, or for another attempt, fits none of them.
"""

import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from review.access.tokens import derived, is_same
from review.desk_settings import OidcSettings

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""By which tokens may be signed: with a key that the provider alone holds."""
DISCOVERY = "/.well-known/openid-configuration"
TIMEOUT_SECONDS = 10.0
FRESH_SECONDS = 600.0
LEEWAY_SECONDS = 60
CALLBACK = "/sign-in/identity/answer"


class IdentityError(Exception):
    """The provider's answer won't do, or none came; the message names the reason without any value."""


@dataclass(frozen=True)
class Metadata:
    """What a provider says of itself: its addresses, its keys, and when it was asked."""

    addresses: Mapping[str, Any]
    keys: KeySet
    asked_at: float


class Provider:
    """An identity provider, found by its issuer."""

    def __init__(self, settings: OidcSettings, *, origin: str, secret: str | None) -> None:
        """Nothing is asked yet.

        Args:
            settings: which provider, and as whom the desk comes to it.
            origin: the address that browsers know the desk by.
            secret: the desk's secret at the provider; None: it has none, and PKCE alone binds the code.
        """
        self._settings = settings
        self._callback = f"{origin}{CALLBACK}"
        self._secret = secret
        self._metadata: Metadata | None = None

    def address_to_ask(self, held: str) -> str:
        """Where the browser that holds a token is sent to sign in.

        Raises:
            IdentityError: the provider can't be reached, or is not the one it should be.
        """
        endpoint = self._known().addresses.get("authorization_endpoint", "")
        challenge = urlsafe_b64encode(sha256(_verifier(held).encode()).digest()).rstrip(b"=").decode()
        with self._client() as client:
            address, _ = client.create_authorization_url(
                endpoint,
                state=derived(held, b"state"),
                nonce=derived(held, b"nonce"),
                code_challenge=challenge,
                code_challenge_method="S256",
                **({"acr_values": " ".join(self._settings.required_acr)} if self._settings.required_acr else {}),
            )
        return str(address)

    def identify(self, answer: Mapping[str, str], held: str, *, at: datetime) -> dict[str, Any]:
        """Who signed in: the proven claims of the identity token, with those of the user where roles stand there.

        Raises:
            IdentityError: the answer is an error, belongs to another attempt, or its token won't do.
        """
        self._check_answer(answer, held)
        try:
            with self._client() as client:
                endpoint = self._known().addresses.get("token_endpoint", "")
                token = client.fetch_token(endpoint, code=answer["code"], code_verifier=_verifier(held))
                claims = self._proven(token, nonce=derived(held, b"nonce"), at=at)
                return claims | self._of_user(client, claims)
        except (httpx2.HTTPError, AuthlibBaseError, JoseError, ValueError, KeyError) as error:
            raise IdentityError(f"the answer of the provider was refused: {_reason(error)}") from error

    def _check_answer(self, answer: Mapping[str, str], held: str) -> None:
        if not is_same(answer.get("state", ""), derived(held, b"state")):
            raise IdentityError("the answer belongs to another attempt to sign in")
        if answer.get("iss", self._settings.issuer) != self._settings.issuer:
            raise IdentityError("the answer is from another provider")
        if "error" in answer or not answer.get("code"):
            raise IdentityError("the provider did not let the user in")

    def _proven(self, token: Mapping[str, Any], *, nonce: str, at: datetime) -> dict[str, Any]:
        """The claims of an identity token, once signature, issuer, audience, times and nonce hold."""
        try:
            read = self._read(token["id_token"])
        except JoseError:  # the provider may have new keys
            self._metadata = None
            read = self._read(token["id_token"])
        options: dict[str, dict[str, Any]] = {
            "iss": {"essential": True, "value": self._settings.issuer},
            "aud": {"essential": True, "value": self._settings.client_id},
        }
        if self._settings.required_acr:
            options["acr"] = {"essential": True, "values": list(self._settings.required_acr)}
        params = {"nonce": nonce, "client_id": self._settings.client_id, "access_token": token.get("access_token")}
        claims = CodeIDToken(read.claims, read.header, options, params)
        claims.validate(now=int(at.timestamp()), leeway=LEEWAY_SECONDS)
        return dict(claims)

    def _read(self, id_token: str) -> jwt.Token:
        registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        return jwt.decode(id_token, self._known().keys, registry=registry)

    def _of_user(self, client: OAuth2Client, claims: Mapping[str, Any]) -> dict[str, Any]:
        """What the provider says of the user beside the token, if the token lacks name or groups."""
        endpoint = self._known().addresses.get("userinfo_endpoint")
        if {self._settings.roles_claim, self._settings.name_claim} <= claims.keys() or not endpoint:
            return {}
        answer = client.get(endpoint)
        answer.raise_for_status()
        answered = dict(answer.json())
        if answered.get("sub") != claims["sub"]:
            raise ValueError("the answer is about another user")
        return {name: value for name, value in answered.items() if name not in claims}

    def _known(self) -> Metadata:
        if self._metadata is None or time.monotonic() - self._metadata.asked_at > FRESH_SECONDS:
            self._metadata = self._ask()
        return self._metadata

    def _ask(self) -> Metadata:
        try:
            with httpx2.Client(timeout=TIMEOUT_SECONDS) as client:
                addresses = _json(client, self._settings.issuer.rstrip("/") + DISCOVERY)
                if addresses.get("issuer") != self._settings.issuer:
                    raise IdentityError("the provider calls itself by another name")
                return Metadata(
                    addresses, KeySet.import_key_set(_json(client, addresses["jwks_uri"])), time.monotonic()
                )
        except (httpx2.HTTPError, JoseError, ValueError, KeyError) as error:
            raise IdentityError(f"the provider can't be asked: {_reason(error)}") from error

    def _client(self) -> OAuth2Client:
        return OAuth2Client(
            client_id=self._settings.client_id,
            client_secret=self._secret,
            token_endpoint_auth_method="client_secret_basic" if self._secret else "none",  # a method's name
            scope=self._settings.scope,
            redirect_uri=self._callback,
            timeout=TIMEOUT_SECONDS,
        )


def _verifier(held: str) -> str:
    return derived(held, b"verifier")


def _json(client: httpx2.Client, address: str) -> Any:
    answer = client.get(address)
    answer.raise_for_status()
    return answer.json()


def _reason(error: Exception) -> str:
    """The kind of an error, and the claim it is about: its words may quote a value."""
    claim = getattr(error, "claim", None) or getattr(error, "error", None)
    return f"{type(error).__name__} {claim}" if isinstance(claim, str) else type(error).__name__
