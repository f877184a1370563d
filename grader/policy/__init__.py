"""From points to final marks: what a course has decided, applied to what was handed in."""
