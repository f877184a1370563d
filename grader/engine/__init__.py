"""Where submissions are graded: other machines, and the graphics cards of this one."""
