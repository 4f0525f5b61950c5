# Installs the filter that the host has assembled for this machine (seccomp/filter.ts). Kept from the greeting on, put on by each test child.
import ctypes
import struct

PR_SET_NO_NEW_PRIVS = 38
PR_SET_SECCOMP = 22
SECCOMP_MODE_FILTER = 2
INSTRUCTION = 8

_libc = ctypes.CDLL(None, use_errno=True)
_program = None


def keep(instructions):
    """`instructions`: struct sock_filter, eight bytes each."""
    global _program
    code = ctypes.create_string_buffer(instructions, len(instructions))
    header = ctypes.create_string_buffer(struct.pack('HxxxxxxP', len(instructions) // INSTRUCTION, ctypes.addressof(code)), 16)
    _program = (header, code)


def put_on():
    if _libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), 'no_new_privs')
    if _libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.c_void_p(ctypes.addressof(_program[0])), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), 'seccomp')
