"""A plain client of the marking screen, which sends whatever it is told to."""

from http.client import HTTPConnection
from urllib.parse import urlsplit

from grader.web.serve import Screen

Reply = tuple[int, dict[str, str], str]


class Client:
    """A browser that sends whatever it is told to."""

    def __init__(self, screen: Screen) -> None:
        self.port, self.address = screen.port, screen.addresses["vera"]
        self.headers = {"Host": f"127.0.0.1:{self.port}"}

    def ask(self, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> Reply:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        sent = self.headers | {name.replace("_", "-"): text for name, text in headers.items()}
        connection.request(method, path, body or None, {k: v for k, v in sent.items() if v})
        reply = connection.getresponse()
        found = reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read().decode()
        connection.close()
        return found

    def enter(self) -> None:
        """Exchange the token for a cookie, and read the key for changes off a page."""
        split = urlsplit(self.address)
        _, headers, _ = self.ask(f"{split.path}?{split.query}")
        self.headers["Cookie"] = headers["set-cookie"].split(";")[0]
        page = self.ask("/")[2]
        self.key = page.split('name="form-key" content="')[1].split('"')[0]
