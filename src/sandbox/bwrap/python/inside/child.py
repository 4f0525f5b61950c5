# The test child, walls up: makes itself look like a fresh interpreter and runs the program in one of three ways. From the first line of the program on
# nothing in this process can be trusted, and nothing is: right or wrong is found out elsewhere, from what comes out of the pipes.
import atexit
import builtins
import linecache
import os
import signal
import sys
import threading
import traceback
import types

from . import calls, tests, warm
from .closing import flush_all

FILE = 'solution.py'
# Every exit status may be the program's own, so these two ends are told by signals that nothing else uses (end.ts).
LOAD_FAILED = signal.SIGRTMAX - 1
OUT_OF_MEMORY = signal.SIGRTMAX - 2


def run(job, channel):
    """Runs the job's program. Does not return."""
    try:
        open_streams()
        main = fresh_main(job['program'], '__main__' if job['mode'] == 'stdio' else 'solution')
        end(run_guarded(lambda: MODES[job['mode']](job, main, channel)))
    finally:
        os._exit(1)


def run_stdio(job, main, _channel):
    exec(compiled(job['program']), main.__dict__)


def run_calls(job, main, channel):
    code = compiled(job['program'])
    if job['prelude']:
        main.__dict__.update(warm.PRELUDE)
    load(code, main.__dict__)
    calls.serve(main.__dict__, job.get('first'), channel)


def run_tests(job, main, channel):
    tests.run(job, main.__dict__, channel)


MODES = {'stdio': run_stdio, 'calls': run_calls, 'tests': run_tests}


def compiled(program):
    try:
        # Read from a file, a byte order mark would not be part of it.
        return compile(program.removeprefix('\ufeff'), FILE, 'exec', dont_inherit=True)
    except MemoryError:
        raise
    except BaseException:
        fail_to_load()


def load(code, names):
    """Before any test can be asked every way out is a failure to load, a clean exit as well."""
    try:
        exec(code, names)
    except MemoryError:
        raise
    except BaseException:
        fail_to_load()


def fail_to_load():
    tell(*sys.exc_info())
    die(LOAD_FAILED)


def run_guarded(body):
    """Runs it and returns the exit status that python would have ended with."""
    try:
        body()
        return 0
    except SystemExit as stop:
        return status_of(stop.code)
    except MemoryError:
        die(OUT_OF_MEMORY)
    except ImportError:
        tell(*sys.exc_info())
        die(LOAD_FAILED)
    except BaseException:
        tell(*sys.exc_info())
        return 1


def tell(kind, error, trace):
    """Without our own frames. The program's own hook may be in place, and may be broken."""
    while trace and trace.tb_frame.f_code.co_filename != FILE:
        trace = trace.tb_next
    try:
        sys.excepthook(kind, error.with_traceback(trace), trace)
    except BaseException:
        traceback.print_exc()


def status_of(code):
    if code is None:
        return 0
    if isinstance(code, int):
        return code
    print(code, file=sys.stderr)
    return 1


def die(number):
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [number])
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        os._exit(1)


def open_streams():
    """As python opens them, `mode` included: fast-input templates read it, so TextIOWrapper alone will not do."""
    for fd, mode, name, errors in ((0, 'r', 'stdin', 'surrogateescape'), (1, 'w', 'stdout', 'surrogateescape'), (2, 'w', 'stderr', 'backslashreplace')):
        stream = open(fd, mode, encoding='utf-8', errors=errors, closefd=False, buffering=1 if fd == 2 else -1)
        stream.buffer.raw.name = f'<{name}>'
        stream.mode = mode
        setattr(sys, name, stream)
        setattr(sys, f'__{name}__', stream)


def fresh_main(program, name):
    """An empty module, and the program as a file where it says it is."""
    main = types.ModuleType(name)
    main.__file__ = os.path.join(os.getcwd(), FILE)
    main.__builtins__ = builtins
    sys.modules['__main__'] = main
    sys.argv = [FILE]
    sys.path[:] = [place for place in sys.path if place]
    with open(FILE, 'w', encoding='utf-8', errors='surrogatepass') as file:
        file.write(program)
    linecache.cache[FILE] = (len(program), None, program.splitlines(True), FILE)
    return main


def end(status):
    """What the interpreter does at its end, then the end."""
    for step in (threading._shutdown, atexit._run_exitfuncs):
        try:
            step()
        except BaseException:
            status = status or 1
    unwritten = flush_all()
    os._exit((status or unwritten) & 255)
