# Frames: four bytes of length, big-endian, then JSON. The same on every border: host and session, session and test child.
import json
import os
import struct
import sys

HEADER = 4


def read_exactly(fd, count):
    """`count` bytes of a blocking descriptor; the end of the other side is the end of this process."""
    parts = []
    while count > 0:
        part = os.read(fd, min(count, 1 << 20))
        if not part:
            os._exit(0)
        parts.append(part)
        count -= len(part)
    return b''.join(parts)


def length_of(header):
    return struct.unpack('>I', header)[0]


def read_text(fd):
    return read_exactly(fd, length_of(read_exactly(fd, HEADER)))


def read_frame(fd):
    return json.loads(read_text(fd))


def packed(text):
    return struct.pack('>I', len(text)) + text


def write_all(fd, data):
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view):]


def write_frame(fd, message):
    write_all(fd, packed(json.dumps(message).encode('ascii')))
