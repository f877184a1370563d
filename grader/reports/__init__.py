"""Pages to read: what a student gets back, and the executed solution for staff."""
