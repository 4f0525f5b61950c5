# What a program has written and not sent, sent as the end of an interpreter would.
import gc
import io
import sys

WRITERS = (io.TextIOWrapper, io.BufferedWriter, io.BufferedRandom)


def flush_all():
    """Returns the exit status that a stream which cannot be written gives: 120, else 0."""
    status = 0
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        try:
            stream.flush()
        except BaseException:
            status = 120
    # Contest templates write through buffers of their own and never flush them: finalisation would.
    for thing in gc.get_objects():
        if type(thing) in WRITERS:
            flush_quietly(thing)
    return status


def flush_quietly(stream):
    try:
        stream.flush()
    except BaseException:
        return
