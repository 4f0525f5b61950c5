# The tests' side of assert mode: trusted statements in a sandbox of their own, where the program's functions are proxies that ask the host. No line of
# the program runs here; what it returns arrives as plain data. Each unit of tests is one test, told to the host as it ends.
import ast
import builtins
import importlib
import sys

from . import wire
from .names import modules_in, names_to_proxy
from .values import INSTANCE, Encoder, Opaque, decode

FILE = 'tests'
DETAIL_KEPT = 300


class Unsupported(BaseException):
    """These tests cannot be run from outside the program."""


class ProgramDied(BaseException):
    """The program is gone; the host knows why."""


class Border:
    """Everything that goes to the program and comes back."""

    def __init__(self, channel, source):
        self.channel = channel
        # A StopIteration out of a program ends a `map` or a loop of the tests without a word, and what was to be checked in it is not.
        self.silent = () if 'StopIteration' in source else (StopIteration,)
        self.calls = 0
        self.unsupported = None
        self.raised = None

    def ask(self, message):
        wire.write_frame(self.channel, message)
        return wire.read_frame(self.channel)

    def proxy(self, name):
        def proxied(*arguments, **named):
            return self.call(name, arguments, named)

        proxied.__name__ = proxied.__qualname__ = name
        return proxied

    def call(self, name, arguments, named):
        encode = Encoder()
        request = {'fn': name, 'args': encode.all(arguments, 0), 'kw': {k: encode(v, 0) for k, v in named.items()}}
        if encode.opaque is not None:
            self.refuse(name, encode.opaque, any(type(a) is Opaque and not a.what.startswith(INSTANCE) for a in (*arguments, *named.values())))
        self.calls += 1
        answer = self.ask({'call': self.calls, **request})
        if 'dead' in answer:
            raise ProgramDied(answer['dead'])
        self.write_back(arguments, answer['args'])
        self.write_back(named.values(), answer['kw'].values())
        if 'raised' in answer:
            self.raised = exception_of(answer, self.silent)
            raise self.raised
        return decode(answer['value'])

    def refuse(self, name, what, is_result):
        """A result that is no plain data, given back to the program, is the program's fault; a value of the tests' own is nobody's."""
        reason = f'{name}() is given a value that is not plain data: {what}'
        if is_result:
            raise TypeError(reason)
        self.unsupported = f'in the tests {reason}'
        raise Unsupported(self.unsupported)

    def write_back(self, before, after):
        """Arguments changed in place are changed here as well: the same objects, new contents."""
        for mine, theirs in zip(before, after):
            if type(mine) in REFILL:
                value = decode(theirs)
                if type(value) is type(mine):
                    REFILL[type(mine)](mine, value)


def _refill_list(mine, value):
    mine[:] = value


def _refill_other(mine, value):
    mine.clear()
    mine.update(value)


REFILL = {list: _refill_list, set: _refill_other, dict: _refill_other}


def exception_of(answer, silent):
    kind = getattr(builtins, answer['raised'], None)
    if not (isinstance(kind, type) and issubclass(kind, BaseException)) or issubclass(kind, silent):
        kind = RuntimeError
    try:
        return kind(answer['message'])
    except Exception:
        return RuntimeError(answer['message'])


def run(job, names, channel):
    """Setup, then unit after unit as long as the host wants more."""
    border = Border(channel, '\n'.join([job['setup'], *job['asserts']]))
    try:
        codes = prepared(job, names, border)
    except Unsupported as error:
        border.ask({'unsupported': str(error)})
        return
    except BaseException as error:
        border.ask({'broken': f'{type(error).__name__}: {error}'[:DETAIL_KEPT]})
        return
    for index, (unit, code) in enumerate(zip(job['asserts'], codes)):
        answer = border.ask({'test': index, **run_unit(border, unit, code, names)})
        if not answer['more']:
            return


def prepared(job, names, border):
    """Runs the setup, puts proxies in their places, and returns the units, compiled."""
    setup, asserts = job['setup'], job['asserts']
    codes = [compile(unit, FILE, 'exec') for unit in asserts]
    try:
        exec(compile(setup, 'setup', 'exec'), names)
    except NameError as error:
        raise Unsupported(f'the setup needs what only the program defines: {error}') from error
    proxied = names_to_proxy(setup, asserts, names) if job['names'] is None else job['names']
    if not proxied:
        raise Unsupported('the tests name nothing that the program must define')
    for name in modules_in(ast.parse('\n'.join(asserts))) - set(names):
        names[name] = importlib.import_module(name)
    names.update({name: border.proxy(name) for name in proxied})
    return codes


def run_unit(border, unit, code, names):
    end, detail = 'passed', ''
    try:
        exec(code, names)
    except BaseException as error:
        ours = error is not border.raised
        end = 'assertion_failed' if ours and isinstance(error, AssertionError) else 'raised' if ours else 'program_raised'
        detail = words(error, unit)
    sys.stdout.flush()
    if border.unsupported is not None:
        return {'end': 'unsupported', 'detail': border.unsupported}
    return {'end': end, 'detail': detail}


def words(error, unit):
    """One line: what, and at which line of the tests."""
    try:
        text = f'{type(error).__name__}: {error}'
    except Exception:
        text = type(error).__name__
    if not (trace := error.__traceback__.tb_next):
        return text[:DETAIL_KEPT]
    lines = [t for t in walk(trace) if t.tb_frame.f_code.co_filename == FILE]
    source = unit.splitlines()[lines[-1].tb_lineno - 1].strip() if lines else ''
    return f'{text[:DETAIL_KEPT]} at: {source[:DETAIL_KEPT]}' if source else text[:DETAIL_KEPT]


def walk(trace):
    while trace:
        yield trace
        trace = trace.tb_next
