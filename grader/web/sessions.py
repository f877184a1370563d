"""Who may use the screen: a token in a printed address, once, for a cookie."""

import hashlib
import hmac
import secrets
import time
from collections.abc import Sequence

HOURS = 16


class Sessions:
    """Tokens of one run of the server, and cookies that outlive it.

    Cookies follow from the gradebook's own seed, so a page that is open goes on after a restart.
    """

    def __init__(self, seed: str, markers: Sequence[str], now: float | None = None) -> None:
        self._key = seed.encode()
        self._tokens = {secrets.token_urlsafe(24): marker for marker in markers}
        self._started = now

    def tokens(self) -> dict[str, str]:
        """Return the token of each marker that has not been used."""
        return {marker: token for token, marker in self._tokens.items()}

    def redeem(self, token: str) -> str | None:
        """Return a new cookie for a token, and spend it; None if it is not one or was used."""
        marker = self._tokens.pop(token, None)
        return None if marker is None else self.cookie(marker)

    def cookie(self, marker: str) -> str:
        """Return a cookie that says who somebody is, and until when."""
        until = int(self._now() + HOURS * 3600)
        text = f"{marker}:{until}"
        return f"{text}:{self._sign('cookie', text)}"

    def marker(self, cookie: str) -> str | None:
        """Return who a cookie says somebody is; None if it is not ours or too old."""
        text, _, signature = cookie.rpartition(":")
        marker, _, until = text.rpartition(":")
        if not hmac.compare_digest(signature.encode(), self._sign("cookie", text).encode()):
            return None
        return marker if int(until) > self._now() else None

    def form_key(self, cookie: str) -> str:
        """Return what a page of this session must send along with every change."""
        return self._sign("change", cookie)

    def _sign(self, purpose: str, text: str) -> str:
        return hmac.new(self._key, f"{purpose} {text}".encode(), hashlib.sha256).hexdigest()

    def _now(self) -> float:
        return time.time() if self._started is None else self._started
