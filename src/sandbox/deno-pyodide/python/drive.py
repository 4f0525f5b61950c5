# What the host process calls: makes the interpreter look fresh and runs a program in one of the ways of a sandbox. Every answer is an observation, told
# as JSON; the program lives in this interpreter and could say the same, so right and wrong are found out elsewhere.
import atexit
import builtins
import json
import linecache
import os
import sys
import traceback
import types

from . import calls, tests, warm
from .closing import flush_all

FILE = 'solution.py'
# What this platform lacks, as it says so itself: nobody's fault.
LACKS = (
    "can't start new thread",
    'does not support processes',
    'Function not implemented',
    'included in the Python standard library, but',
    "module 'os' has no attribute",
)
# One block larger than an address of 32 bits can name.
TOO_LARGE = "cannot fit 'int' into an index-sized integer"


class Unsupported(BaseException):
    """The program needs what WebAssembly has not."""


def stdio(program):
    return json.dumps(told(lambda: exec(compiled(program), fresh('__main__', program)), 'runtime_error'))


def call(program, request):
    names = {}

    def load():
        names.update(warm.PRELUDE)
        exec(compiled(program), loaded(names, program))

    ending = told(load, 'load_error', is_last=False)
    if ending['end'] != 'exit':
        return json.dumps({'ending': ending})
    answer = calls.answer_to(json.loads(request), names)
    if lacking(answer.get('message', '')):
        return json.dumps({'ending': {'end': 'unsupported', 'detail': answer['message']}})
    ending = told(lambda: None, 'runtime_error')
    return json.dumps({'ending': ending, 'frame': json.dumps(answer)})


def serve(program):
    """Loads, then answers calls until the process is ended. Returns only when loading fails."""
    names = {}
    ending = told(lambda: exec(compiled(program), loaded(names, program)), 'load_error', is_last=False)
    if ending['end'] == 'exit':
        calls.serve(names, None, None)
    return json.dumps(ending)


def run_tests(job):
    job = json.loads(job)
    streams()
    tests.run(job, vars(types.ModuleType('tests')), None)


def loaded(names, program):
    names.update(fresh('solution', program))
    return names


def fresh(name, program):
    main = types.ModuleType(name)
    main.__file__ = FILE
    main.__builtins__ = builtins
    sys.modules['__main__'] = main
    sys.argv = [FILE]
    linecache.cache[FILE] = (len(program), None, program.splitlines(True), FILE)
    streams()
    return vars(main)


SAVED = []


def streams():
    # The program before, of the same candidate, may have closed them.
    if not SAVED:
        SAVED.extend(os.dup(fd) for fd in (0, 1, 2))
    for fd, saved in enumerate(SAVED):
        os.dup2(saved, fd)
    for fd, mode, name, errors in ((0, 'r', 'stdin', 'surrogateescape'), (1, 'w', 'stdout', 'surrogateescape'), (2, 'w', 'stderr', 'backslashreplace')):
        stream = open(fd, mode, encoding='utf-8', errors=errors, closefd=False, buffering=1 if fd == 2 else -1)
        stream.mode = mode
        setattr(sys, name, stream)
        setattr(sys, f'__{name}__', stream)


class LoadError(BaseException):
    """The text is no Python."""


def compiled(program):
    try:
        return compile(program, FILE, 'exec', dont_inherit=True)
    except MemoryError:
        raise
    except BaseException as error:
        raise LoadError(f'{type(error).__name__}: {error}') from error


def told(body, on_error, is_last=True):
    """Runs it, and the interpreter's end where it is the last thing that runs."""
    ending = run(body, on_error)
    if is_last:
        status = finish()
        if status and ending['end'] == 'exit':
            ending = {'end': 'runtime_error', 'detail': f'exit status {status}'}
    return ending


def run(body, on_error):
    try:
        body()
        return {'end': 'exit', 'detail': ''}
    except LoadError as error:
        return {'end': 'load_error', 'detail': str(error)[:300]}
    except SystemExit as stop:
        return exited(stop.code, on_error)
    except MemoryError:
        return {'end': 'memory', 'detail': 'MemoryError'}
    except ImportError as error:
        return failed(error, 'load_error')
    except BaseException as error:
        return failed(error, on_error)


def exited(code, on_error):
    status = 0 if code is None else code if isinstance(code, int) else 1
    if code is not None and not isinstance(code, int):
        print(code, file=sys.stderr)
    # A program whose functions are to be called must not end while it loads.
    if on_error == 'load_error':
        return {'end': 'load_error', 'detail': f'ended with status {status} while it was loaded'}
    return {'end': 'exit' if status & 255 == 0 else 'runtime_error', 'detail': f'exit status {status & 255}'}


def failed(error, end):
    try:
        detail = f'{type(error).__name__}: {error}'
    except BaseException:
        detail = type(error).__name__
    if lacking(detail):
        return {'end': 'unsupported', 'detail': detail[:300]}
    try:
        traceback.print_exception(error)
    except BaseException:
        print(detail, file=sys.stderr)
    return {'end': 'memory' if TOO_LARGE in detail else end, 'detail': ' '.join(detail.split())[:300]}


def lacking(message):
    return any(words in message for words in LACKS)


def finish():
    status = 0
    try:
        atexit._run_exitfuncs()
    except BaseException:
        status = 1
    unwritten = flush_all()
    return status or unwritten
