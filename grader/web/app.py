"""The addresses of the screen."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import Route
from starlette.types import ASGIApp

import grader.reports
from grader.web.changes import Change, Changes, Edit, Save, Split, Undo, Unusable
from grader.web.guard import ENTER, Guard
from grader.web.room import Room
from grader.web.sessions import HOURS, Sessions
from grader.web.views import Views

HERE = Path(__file__).parent
STATIC = {
    "mark.css": (HERE / "static" / "mark.css", "text/css"),
    "mark.js": (HERE / "static" / "mark.js", "text/javascript"),
    "style.css": (
        Path(grader.reports.__file__).parent / "templates" / "style.css",
        "text/css",
    ),
}
KINDS: dict[str, type[Change]] = {"save": Save, "edit": Edit, "split": Split, "undo": Undo}
GONE = "This is not in the gradebook any more. Go back to the overview and load it again."


def make_app(room: Room, sessions: Sessions, out: Path, port: int) -> ASGIApp:
    """Return the whole server as an ASGI application."""
    pages = Pages(room, sessions, out)
    routes = [
        Route("/enter", pages.enter),
        Route("/", pages.alone(pages.overview)),
        Route("/list", pages.alone(pages.listing)),
        Route("/mark", pages.alone(pages.answer)),
        Route("/static/{name}", static),
        *(
            Route(f"/{name}", partial(pages.change, kind), methods=["POST"])
            for name, kind in KINDS.items()
        ),
    ]
    return Guard(Starlette(routes=routes), sessions, port)


class Pages:
    """Answers requests; what it draws or writes runs in threads."""

    def __init__(self, room: Room, sessions: Sessions, out: Path) -> None:
        self.room, self.sessions = room, sessions
        self.views, self.changes = Views(room), Changes(room, out)

    def enter(self, request: Request) -> Response:
        """Give a cookie for the token in the address, and leave the token behind."""
        response = RedirectResponse("/", status_code=303)
        if request.scope["marker"] is not None:
            return response
        cookie = self.sessions.redeem(request.query_params.get("token", ""))
        if cookie is None:
            return PlainTextResponse(ENTER, 403)
        response.set_cookie(
            request.scope["cookie_name"],
            cookie,
            max_age=HOURS * 3600,
            httponly=True,
            samesite="strict",
        )
        return response

    def alone(self, draw: Callable[[Request], Response]) -> Callable[[Request], Response]:
        """Return a function that draws from what is in the gradebook now, one at a time."""

        def drawn(request: Request) -> Response:
            with self.room.lock:
                self.room.catch_up()
                return draw(request)

        return drawn

    def overview(self, request: Request) -> Response:
        """Answer with everything that is to be marked."""
        return HTMLResponse(self.views.overview(*_who(request)))

    def listing(self, request: Request) -> Response:
        """Answer with the answers of a topic."""
        asked = request.query_params
        topic = self.room.topic(asked.get("assignment", ""), asked.get("part", ""))
        if topic is None:
            return PlainTextResponse(GONE, 404)
        return HTMLResponse(self.views.listing(topic, *_who(request), asked.get("show", "")))

    def answer(self, request: Request) -> Response:
        """Answer with what is to be marked next, or with what is asked for."""
        asked = request.query_params
        topic = self.room.topic(asked.get("assignment", ""), asked.get("part", ""))
        if topic is None or not self.room.works(topic):
            return PlainTextResponse(GONE, 404)
        marker, key = _who(request)
        at = asked.get("at", "")
        if not at:
            # Its own address, so that a reload or a step back shows the same answer.
            units, number = self.views.unit_at(topic, marker, "")
            return RedirectResponse(f"{request.url}&at={units[number].name}", 303)
        page = self.views.answer(topic, marker, key, at, asked.get("look", ""))
        return HTMLResponse(page, background=BackgroundTask(self.views.prefetch, topic, marker, at))

    async def change(self, kind: type[Change], request: Request) -> Response:
        """Make a change and answer with what stands now."""
        try:
            change = msgspec.json.decode(await request.body(), type=kind)
            make: Callable[..., Any] = self.changes.make
            return JSONResponse(await run_in_threadpool(make, request.scope["marker"], change))
        except (msgspec.MsgspecError, Unusable) as error:
            return PlainTextResponse(str(error), 422)


def static(request: Request) -> Response:
    """Answer with a file of the screen itself."""
    found = STATIC.get(request.path_params["name"])
    if found is None:
        return PlainTextResponse("There is no such file.", 404)
    return Response(found[0].read_bytes(), media_type=found[1])


def _who(request: Request) -> tuple[str, str]:
    return request.scope["marker"], request.scope["form_key"]
