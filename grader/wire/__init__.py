"""The wire between a hostile worker and its checker: frames, typed messages, plain values."""
