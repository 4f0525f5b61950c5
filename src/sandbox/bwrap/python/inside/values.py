# Values across the border: tagged JSON of exact builtin types (backend.ts, Value). Never pickle, never a subclass: an int that is its own kind of int
# could be equal to everything. What is not plain data becomes opaque.
import collections
import itertools
import math
import time
import types

DEPTH = 200
NODES = 2_000_000
INT_BITS = 700_000
ITEMS, ITEM_SECONDS = 100_000, 1.0
DICTS = (dict, collections.Counter, collections.defaultdict, collections.OrderedDict)
ITERATORS = (range, map, filter, zip, enumerate, reversed, types.GeneratorType, type({}.keys()), type({}.values()), type({}.items()))
ITERATORS += tuple(type(iter(x)) for x in ([], (), {}, set(), '', range(0), {}.values(), {}.items()))
ITERATORS += tuple(kind for kind in vars(itertools).values() if isinstance(kind, type) and kind.__name__ != '_grouper')


# How an object is named that a class of the program's has made.
INSTANCE = 'an object of class '


def name_of(kind):
    name = kind.__name__
    return name[:80] if type(name) is str else '?'


class Encoder:
    """Encodes one frame's worth of values; `opaque` notes the first that could not cross."""

    def __init__(self):
        self.left = NODES
        self.opaque = None

    def __call__(self, value, depth=0):
        self.left -= 1
        if self.left < 0 or depth > DEPTH:
            return self.refuse('too large')
        kind = type(value)
        if value is None or kind is bool or kind is str:
            return value
        tag = TAGS.get(kind)
        if tag is not None:
            return {'t': tag, 'v': BODIES[tag](self, value, depth + 1)}
        if isinstance(value, tuple):
            return {'t': 'tuple', 'v': self.all(tuple.__iter__(value), depth + 1)}
        return self.refuse(value.what if kind is Opaque else name_of(kind))

    def all(self, values, depth):
        return [self(value, depth) for value in values]

    def refuse(self, what):
        self.opaque = self.opaque or what
        return {'t': 'opaque', 'v': what}

    def items(self, iterator, depth):
        """A generator may be endless: what does not come in time is left out, and an opaque end says so."""
        until = time.process_time() + ITEM_SECONDS
        found = []
        for value in itertools.islice(iterator, ITEMS):
            found.append(self(value, depth))
            if time.process_time() > until:
                return found + [{'t': 'opaque', 'v': 'more'}]
        return found if len(found) < ITEMS else found + [{'t': 'opaque', 'v': 'more'}]


TAGS = {int: 'int', float: 'float', bytes: 'bytes', complex: 'complex', list: 'list', tuple: 'tuple', set: 'set', frozenset: 'set'}
TAGS.update({kind: 'dict' for kind in DICTS})
TAGS.update({kind: 'iterator' for kind in ITERATORS})


def _float(value):
    return value.hex() if math.isfinite(value) else repr(value)


def _int(value):
    return str(value) if value.bit_length() < INT_BITS else hex(value)


BODIES = {
    'int': lambda _, value, __: _int(value),
    'float': lambda _, value, __: _float(value),
    'bytes': lambda _, value, __: value.hex(),
    'complex': lambda _, value, __: [_float(value.real), _float(value.imag)],
    'list': Encoder.all,
    'tuple': Encoder.all,
    'set': Encoder.all,
    'dict': lambda encode, value, depth: [[encode(k, depth), encode(v, depth)] for k, v in dict.items(value)],
    'iterator': Encoder.items,
}


class Opaque:
    """Stands for something of the program's that is not plain data (`what`): equal to nothing, itself included."""

    def __init__(self, what):
        self.what = what

    def __eq__(self, other):
        return False

    def __ne__(self, other):
        return True

    __hash__ = object.__hash__

    def __repr__(self):
        return f'<{self.what}, not plain data>'


def decode(value):
    if type(value) is not dict:
        return value
    return MAKERS[value['t']](value['v'])


def _number(text):
    return int(text, 16) if 'x' in text else int(text)


def _real(text):
    return float.fromhex(text)


def decode_all(values):
    return [decode(value) for value in values]


MAKERS = {
    'int': _number,
    'float': _real,
    'bytes': bytes.fromhex,
    'complex': lambda parts: complex(_real(parts[0]), _real(parts[1])),
    'list': decode_all,
    'tuple': lambda values: tuple(decode_all(values)),
    'set': lambda values: set(decode_all(values)),
    'dict': lambda pairs: {decode(k): decode(v) for k, v in pairs},
    'iterator': lambda values: iter(decode_all(values)),
    'opaque': Opaque,
}
