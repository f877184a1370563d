"""What every request must bring, and every answer say, before a page of the screen is reached."""

import hmac
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from grader.web.sessions import Sessions

BODY_LIMIT = 256 << 10
OPEN = ("/enter", "/static/mark.css", "/static/style.css")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline';"
    " img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ENTER = (
    "This page needs the address that `grader mark` has printed; it works once. If it was used "
    "already, stop `grader mark` with Ctrl-C and start it again for a new one."
)


class Guard:
    """Lets a request through that comes from our own page, in a session of ours, to our name."""

    def __init__(self, app: ASGIApp, sessions: Sessions, port: int) -> None:
        self.app, self.sessions = app, sessions
        # TRAP: without this a page elsewhere could give its own name our address and read us.
        self.hosts = (f"127.0.0.1:{port}", f"localhost:{port}")
        # Cookies know no ports: servers side by side would take each other's.
        self.cookie_name = f"grader-mark-{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on with its `marker` and `form_key`."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, send_guarded)
        else:
            await self.app(scope, receive, send_guarded)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        if headers.get("host") not in self.hosts:
            return PlainTextResponse("This server answers on 127.0.0.1 only.", 421)
        if headers.get("sec-fetch-site", "none") not in {"none", "same-origin"} and (
            scope["method"] != "GET" or headers.get("sec-fetch-mode") != "navigate"
        ):
            return PlainTextResponse("Another page asks for this; it is refused.", 403)
        cookie = self._cookie(headers)
        marker = self.sessions.marker(cookie) if cookie else None
        scope["marker"], scope["cookie_name"] = marker, self.cookie_name
        if marker is None:
            return None if scope["path"] in OPEN else PlainTextResponse(ENTER, 403)
        scope["form_key"] = self.sessions.form_key(cookie)
        return None if scope["method"] in {"GET", "HEAD"} else self._change(scope, headers)

    def _change(self, scope: Scope, headers: Headers) -> PlainTextResponse | None:
        origins = [f"http://{host}" for host in self.hosts]
        key = headers.get("x-form-key", "")
        is_ours = hmac.compare_digest(key.encode(), scope["form_key"].encode())
        if not is_ours or headers.get("origin", origins[0]) not in origins:
            return PlainTextResponse("This change does not come from a page of ours.", 403)
        length = headers.get("content-length", "")
        if not length.isdigit() or int(length) > BODY_LIMIT:
            return PlainTextResponse("This change is too large.", 413)
        return None

    def _cookie(self, headers: Headers) -> str:
        try:
            cookies = SimpleCookie(headers.get("cookie", ""))
        except CookieError:
            return ""
        found = cookies.get(self.cookie_name)
        return found.value if found else ""
