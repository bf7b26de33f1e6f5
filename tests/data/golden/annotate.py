#!/usr/bin/env python3
"""annotate.py SHARD: every byte of a small shard in hexadecimal, with what it means.

Made for people who read a shard without Moyo's code, so it uses nothing of it, nor NumPy: `tiny-v1.txt` is what
it prints for `tiny-v1.npz`, and a test keeps the two, and the excerpt in FORMAT.md, together. Offsets are decimal.
"""

import struct
import sys
import zlib

LOCAL, ENTRY, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
BYTES_A_LINE = 16


class Printer:

    def __init__(self, data):
        self.data = data
        self.at = 0

    def take(self, size, meaning):
        """The next bytes in lines, the meaning beside the first."""
        taken = self.data[self.at:self.at + size]
        for begin in range(0, len(taken), BYTES_A_LINE):
            line = taken[begin:begin + BYTES_A_LINE].hex(" ")
            print(("%6d  %-47s  %s" % (self.at + begin, line, meaning if begin == 0 else "")).rstrip())
        self.at += size
        return taken

    def number(self, size, meaning):
        value = int.from_bytes(self.data[self.at:self.at + size], "little")
        self.take(size, meaning.format(value))
        return value


def content(npy):
    """What a .npy holds: its header without padding, and its data."""
    header_bytes, = struct.unpack_from("<H", npy, 8)
    header = npy[10:10 + header_bytes].decode("latin-1").rstrip()
    data = npy[10 + header_bytes:]
    return "%s %s" % (header, data.hex(" ") if data else "(no data)")


def member(printer):
    printer.take(4, "local header")
    printer.take(4, "version 2.0, no flags")
    method = printer.number(2, "method {0} (8 deflated, 0 stored)")
    printer.take(4, "time and date: 1980-01-01")
    printer.take(4, "CRC of the unpacked bytes")
    packed = printer.number(4, "{0} bytes follow the name")
    printer.number(4, "{0} bytes unpacked")
    name = printer.number(2, "name of {0} bytes")
    extra = printer.number(2, "extra field of {0} bytes")
    printer.take(name, "name: " + printer.data[printer.at:printer.at + name].decode("ascii"))
    printer.take(extra, "extra field")
    body = printer.data[printer.at:printer.at + packed]
    printer.take(packed, content(zlib.decompress(body, -15) if method == 8 else body))


def entry(printer):
    printer.take(4, "directory entry")
    printer.take(6, "versions 2.0, no flags")
    printer.number(2, "method {0}")
    printer.take(4, "time and date")
    printer.take(4, "CRC")
    printer.number(4, "{0} bytes packed")
    printer.number(4, "{0} bytes unpacked")
    name = printer.number(2, "name of {0} bytes")
    extra = printer.number(2, "extra field of {0} bytes")
    comment = printer.number(2, "comment of {0} bytes")
    printer.take(8, "disk, attributes")
    printer.number(4, "its local header is at {0}")
    printer.take(name, "name: " + printer.data[printer.at:printer.at + name].decode("ascii"))
    printer.take(extra + comment, "extra field and comment")


def end(printer):
    printer.take(4, "end record")
    printer.take(4, "disk numbers")
    printer.take(2, "entries on this disk")
    printer.number(2, "{0} entries")
    printer.number(4, "the directory has {0} bytes")
    printer.number(4, "the directory begins at {0}")
    printer.number(2, "comment of {0} bytes")


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: annotate.py SHARD")
    with open(sys.argv[1], "rb") as file:
        printer = Printer(file.read())
    parts = {LOCAL: member, ENTRY: entry, END: end}
    while printer.at < len(printer.data):
        part = parts.get(printer.data[printer.at:printer.at + 4])
        if part is None:
            sys.exit("annotate.py: no part of a zip begins at byte %d" % printer.at)
        part(printer)


main()
