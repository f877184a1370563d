"""The certificate: what the checks of an assignment accept, catch, and let through."""
