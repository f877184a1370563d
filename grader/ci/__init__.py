"""Grading inside other people's pipelines: the files that start it, and what it runs there."""
