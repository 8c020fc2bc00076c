"""Pictures as PNG (ISO/IEC 15948), without a library for it."""

import struct
import zlib

_COLOURS = {1: 0, 3: 2, 4: 6}
"""Channels to PNG's colour type: grey, RGB, RGBA."""


def encode_png(pixels: bytes | bytearray, width: int, height: int, stride: int, channels: int) -> bytes:
    """Encode pixels, row by row from the top; rows may be longer than their pixels.

    Args:
        pixels: grey, or RGB, or RGBA.
        width: in pixels.
        height: in pixels.
        stride: bytes from row to row.
        channels: bytes per pixel: 1, 3 or 4.
    """
    packer = zlib.compressobj(6)
    data = bytearray()
    used = width * channels
    for row in range(height):
        start = row * stride
        data += packer.compress(b"\0" + bytes(pixels[start : start + used]))
    data += packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, _COLOURS[channels], 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _part(b"IHDR", header) + _part(b"IDAT", bytes(data)) + _part(b"IEND", b"")


def _part(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
