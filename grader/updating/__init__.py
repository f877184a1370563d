"""A newer release and a student's work become one notebook: what was given is new, work stays."""
