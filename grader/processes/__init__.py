"""The processes of a run: a clean ancestor, its warm worker source, and its checkers."""
