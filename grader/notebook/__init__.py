"""Notebooks as data: reading, authoring, skeletons, answers, and what a hand-in brings along."""
