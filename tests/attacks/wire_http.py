"""Another protocol where an answer is due."""

from tests.attacks.attack import WireAttack

ATTACK = WireAttack(
    tries="sends a request of the web's, as a proxy or a curious student would",
    must="text read as a header is not one",
    named="WireError: what arrived is not a frame",
    send=b"GET /grades HTTP/1.1\r\nHost: grader\r\n\r\n",
)
