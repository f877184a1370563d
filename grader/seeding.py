"""Seeds that follow from a secret: the same on every run, and nobody's to guess."""

import hashlib


def derive_seed(*parts: str) -> int:
    """Return 63 bits that follow from the parts and cannot be guessed without the secret."""
    digest = hashlib.blake2b("\0".join(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1
