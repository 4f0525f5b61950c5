# What every candidate finds ready: the modules programs import most, and the interpreter's settings that honest programs count on.
import _sitebuiltins
import array, atexit, bisect, builtins, cmath, collections, contextlib, copy, dataclasses, datetime, decimal, enum, fractions, functools, gc
import heapq, io, itertools, json, linecache, math, numbers, operator, os, queue, random, re, select, signal, socket, statistics, string, struct
import sys, textwrap, threading, time, traceback, types, typing

MIB = 1 << 20

# LeetCode's and APPS's authors had these names without importing them.
_MODULES = (bisect, collections, copy, datetime, fractions, functools, heapq, itertools, json, math, operator, random, re, string, sys, time, typing)
_PUBLIC = (typing, collections, heapq, bisect, itertools, functools)


def _prelude():
    names = {name: getattr(module, name) for module in _PUBLIC for name in getattr(module, '__all__', None) or dir(module) if name[0] != '_'}
    names.update({name: getattr(math, name) for name in ('sqrt', 'ceil', 'floor', 'gcd', 'inf', 'pi', 'log', 'log2', 'exp', 'sin', 'cos', 'tan', 'fabs')})
    names.update({module.__name__: module for module in _MODULES})
    return names


PRELUDE = _prelude()


def settle():
    # Answers of contest problems have more than 4,300 digits.
    if hasattr(sys, 'set_int_max_str_digits'):
        sys.set_int_max_str_digits(0)
    # 64 MiB a thread: the 512 MiB of the main stack, which a thread would get otherwise, leave no room for eight threads.
    threading.stack_size(64 * MIB)
    # Without site (ten milliseconds we save) these are missing, and programs end themselves by them.
    builtins.exit = _sitebuiltins.Quitter('exit', 'Ctrl-D (i.e. EOF)')
    builtins.quit = _sitebuiltins.Quitter('quit', 'Ctrl-D (i.e. EOF)')
    builtins.help = _sitebuiltins._Helper()
