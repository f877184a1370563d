"""Marks by hand as a journal of events: what was given, by whom, and what that amounts to."""
