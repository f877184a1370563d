"""The gradebook: one SQLite file that everything else is derived from."""
