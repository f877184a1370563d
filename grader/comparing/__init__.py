"""Compare the hand-ins of a class with each other, and with those of earlier years."""
