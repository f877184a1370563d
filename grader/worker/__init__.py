"""What runs inside the wall: it executes cells and serves calls, and holds no answer."""
