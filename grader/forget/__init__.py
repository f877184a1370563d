"""Forget a student: everything of theirs in a folder of results, and their name in what stays."""
