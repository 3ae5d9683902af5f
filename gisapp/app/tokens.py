"""Short-lived tokens for the app's own routes (访问令牌): HMAC over user, role, workspace and expiry."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Claims:
    """Who a token speaks for (令牌内容); ``expires`` in seconds since the epoch."""

    user: str
    role: str
    workspace: str
    expires: int


@dataclass(frozen=True)
class TokenKey:
    """The key of one start of the server (签名密钥); tokens of an older start are refused."""

    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def mint(self, claims: Claims) -> str:
        """Return a signed token."""
        body = base64.urlsafe_b64encode(json.dumps(claims.__dict__, sort_keys=True).encode())
        return f"{body.decode()}.{self._sign(body)}"

    def read(self, token: str, *, now: float) -> Claims | None:
        """Return the claims of a token that is ours and not expired, else None."""
        body, _, signature = token.partition(".")
        if not hmac.compare_digest(signature.encode(), self._sign(body.encode()).encode()):
            return None
        claims = Claims(**json.loads(base64.urlsafe_b64decode(body)))
        return claims if claims.expires > now else None

    def _sign(self, body: bytes) -> str:
        return hmac.new(self.secret, body, hashlib.sha256).hexdigest()
