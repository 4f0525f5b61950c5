# The candidate's side of a call: its functions, called when asked, results encoded. In call mode one request (`first`) is there from the start, in
# assert mode they come over the channel. The program can write to the channel itself; all it can say there is what its functions return.
import builtins
import sys

from . import wire
from .values import INSTANCE, Encoder, decode, decode_all, name_of

MESSAGE_KEPT = 500


def serve(names, first, channel):
    """Answers requests until the other side goes away."""
    if first is None:
        wire.write_frame(channel, {'loaded': True})
        first = wire.read_frame(channel)
    request = first
    while True:
        answer = answer_to(request, names)
        flush()
        wire.write_frame(channel, answer)
        request = wire.read_frame(channel)


def flush():
    try:
        sys.stdout.flush()
    except (OSError, ValueError, AttributeError):
        return


def answer_to(request, names):
    function = find(names, request['fn'])
    if function is None:
        return {'id': request['id'], 'missing': True}
    arguments, named = decode_all(request['args']), {k: decode(v) for k, v in request['kw'].items()}
    try:
        value = function(*arguments, **named)
        answer = {'value': made_by(function, value) or Encoder()(value)}
    except BaseException as error:
        answer = {'raised': builtin_name(error), 'kind': name_of(type(error)), 'message': told(error)}
    after = Encoder()
    return {'id': request['id'], **answer, 'args': after.all(arguments, 0), 'kw': {k: after(v) for k, v in named.items()}}


def find(names, wanted):
    """A function of the module, or a method of a new Solution()."""
    function = names.get(wanted)
    if callable(function):
        return function
    solution = names.get('Solution')
    return getattr(solution(), wanted, None) if isinstance(solution, type) and hasattr(solution, wanted) else None


def made_by(function, value):
    """A class that tests call as if it were a function gives them an object, which cannot cross: it is the tests that cannot be split then."""
    if isinstance(function, type) and type(value) is function:
        return {'t': 'opaque', 'v': INSTANCE + name_of(function)}
    return None


def builtin_name(error):
    """Of the class that a test could name: an exception of the program's own is caught as its nearest builtin ancestor."""
    return next(kind.__name__ for kind in type(error).__mro__ if getattr(builtins, kind.__name__, None) is kind)


def told(error):
    try:
        return str(error)[:MESSAGE_KEPT]
    except BaseException:
        return ''
