"""Sealing facts at rest: AES-256-GCM with associated data beside Fernet, the usual pick."""

from uuid import UUID

from bench.measure import Comparison, compare
from profiles.sealing import Keys, Sealer

PLAIN = b'{"birth_date":{"value":"1946-11-23"}}' * 20


def run() -> Comparison:
    """Both seal and open two thousand documents of facts."""
    from cryptography.fernet import Fernet

    sealer = Sealer(Keys({1: b"s" * 32}, b"i" * 32, b"g" * 32))
    fernet = Fernet(Fernet.generate_key())
    row, place = UUID(int=1), "profile.facts_sealed"

    def ours() -> None:
        for _ in range(2_000):
            sealer.open(sealer.seal(PLAIN, place=place, row=row), place=place, row=row)

    def theirs() -> None:
        for _ in range(2_000):
            fernet.decrypt(fernet.encrypt(PLAIN))

    return compare("加密并解密 2,000 份档案", ours, "Fernet", theirs)
