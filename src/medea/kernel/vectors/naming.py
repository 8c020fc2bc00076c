"""What points are called and filtered by, in every store."""

from hashlib import blake2b
from uuid import UUID

from medea.kernel.ids import TenantId
from medea.kernel.vectors.port import Key

_VERSION, _VARIANT = 0x8 << 76, 0b10 << 62


def point_id(tenant: TenantId, key: Key) -> str:
    """Return the id of a tenant's point: its key as a UUID of version 8 (RFC 9562).

    From high to low: 16 bits of the tenant's hash, 32 of the base's number, the version, 12 of the hash, the
    variant, 14 of the hash, 16 of the generation, 32 of the chunk's number. The hash keeps apart what two
    installations write into one collection.
    """
    mark = int.from_bytes(blake2b(tenant.bytes, digest_size=6).digest())
    value = (mark >> 32 & 0xFFFF) << 112 | key.base << 80 | _VERSION | (mark >> 20 & 0xFFF) << 64 | _VARIANT
    return str(UUID(int=value | (mark & 0x3FFF) << 48 | key.version << 32 | key.chunk))


def key_of(text: str) -> Key:
    """Return the key that an id was made of."""
    value = UUID(text).int
    return Key(value >> 80 & 0xFFFFFFFF, value >> 32 & 0xFFFF, value & 0xFFFFFFFF)


def generation(base: int, version: int) -> int:
    """Return one number for a generation of a base. All of a base lie between its generation 0 and the next base's.

    One number and not two: Qdrant builds links for each value of each field that is filtered by. It has at most 47
    bits, which a store that keeps numbers as floats keeps exactly.
    """
    return base << 16 | version


def read_dimensions(name: str, prefix: str) -> int | None:
    """Return the dimensions in the name of a collection of ours, `<prefix><dimensions>`; None: it is not ours."""
    digits = name.removeprefix(prefix)
    return int(digits) if digits != name and digits.isdecimal() else None
