"""Groups of hand-ins that hang together through pairs which stand out."""

from collections.abc import Iterable


def groups(pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Return the connected components of more than two, the largest first, each in order."""
    leader: dict[int, int] = {}

    def find(one: int) -> int:
        leader.setdefault(one, one)
        while leader[one] != one:
            leader[one] = leader[leader[one]]
            one = leader[one]
        return one

    for left, right in pairs:
        leader[find(left)] = find(right)
    together: dict[int, list[int]] = {}
    for one in sorted(leader):
        together.setdefault(find(one), []).append(one)
    return sorted((g for g in together.values() if len(g) > 2), key=lambda g: (-len(g), g))
