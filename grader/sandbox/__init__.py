"""The walls around student code: limits, a minder for its processes, and what was obtained."""
