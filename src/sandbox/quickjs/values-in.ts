// Puts a value into a realm, piece by piece. Long integers become BigInt, tuples arrays, dictionaries with text keys plain objects and others Maps.
// Like the reader, made before the program came: the functions it needs are its own, so a patched Array.prototype or Map sees nothing.
import { floatOfHex } from '../hex-float.ts';
import { bigintOf } from '../integers.ts';
import type { QuickJSContext, QuickJSHandle } from './module.ts';
import type { RealmValue } from './realm-value.ts';

const HANDS = `(() => {
  const { defineProperty } = Object, { apply } = Reflect, M = Map, S = Set, B = Uint8Array;
  const set = Map.prototype.set, add = Set.prototype.add;
  const put = (o, key, value) => defineProperty(o, key, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
  return {
    list: () => [], dict: () => ({}), map: () => new M(), set: () => new S(), bytes: n => new B(n), put,
    mapPut: (m, k, v) => { apply(set, m, [k, v]) }, setPut: (s, v) => { apply(add, s, [v]) },
  };
})()`;

type Hand = 'list' | 'dict' | 'map' | 'set' | 'bytes' | 'put' | 'mapPut' | 'setPut';

/** A value of another language that JavaScript has no word for. */
export class NoSuchValue extends Error {
  override readonly name = 'NoSuchValue';
}

export class ValueWriter {
  private readonly context: QuickJSContext;
  private readonly hands: QuickJSHandle;
  private readonly ofToken: ((token: number) => QuickJSHandle) | null;

  /** `ofToken` makes what stands for an object that was kept on the other side. */
  constructor(context: QuickJSContext, ofToken: ((token: number) => QuickJSHandle) | null = null) {
    this.context = context;
    this.ofToken = ofToken;
    this.hands = context.unwrapResult(context.evalCode(HANDS, 'hands.js'));
  }

  /** Throws NoSuchValue for complex numbers and opaque values. */
  write(value: RealmValue): QuickJSHandle {
    const { context } = this;
    if (value === null) return context.null;
    if (value === true || value === false) return value ? context.true : context.false;
    if (typeof value === 'string') return this.string(value);
    switch (value.t) {
      case 'int':
        return this.integer(bigintOf(value.v));
      case 'undefined':
        return context.undefined;
      case 'bigint':
        return context.newBigInt(BigInt(value.v));
      case 'float':
        return context.newNumber(floatOfHex(value.v));
      case 'bytes':
        return this.bytes(Buffer.from(value.v, 'hex'));
      case 'list':
      case 'tuple':
      case 'iterator':
        return this.list(value.v);
      case 'set':
        return this.filled('set', value.v, (set, item) => this.hand('setPut', set, this.write(item)));
      case 'dict':
        return this.dict(value.v);
      case 'token':
        if (this.ofToken) return this.ofToken(value.v);
        throw new NoSuchValue('an object of the other side');
      case 'complex':
        throw new NoSuchValue('JavaScript has no complex numbers');
      case 'opaque':
        throw new NoSuchValue(`JavaScript has no value for ${value.v}`);
    }
  }

  private integer(n: bigint): QuickJSHandle {
    const isExact = n <= BigInt(Number.MAX_SAFE_INTEGER) && n >= BigInt(Number.MIN_SAFE_INTEGER);
    return isExact ? this.context.newNumber(Number(n)) : this.context.newBigInt(n);
  }

  /** The library's strings end at a NUL: such a text, and one with lone surrogates, goes in as a literal with escapes. */
  private string(text: string): QuickJSHandle {
    const { context } = this;
    if (!text.includes('\0') && text.isWellFormed()) return context.newString(text);
    const literal = JSON.stringify(text).replaceAll(/[^ -~]/g, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
    return context.unwrapResult(context.evalCode(literal, 'text.js'));
  }

  private list(items: readonly RealmValue[]): QuickJSHandle {
    const { context } = this;
    return this.filled('list', items, (list, item, i) => this.hand('put', list, context.newNumber(i), this.write(item)));
  }

  private dict(pairs: readonly (readonly [RealmValue, RealmValue])[]): QuickJSHandle {
    const [kind, put] = pairs.every(([key]) => typeof key === 'string') ? (['dict', 'put'] as const) : (['map', 'mapPut'] as const);
    return this.filled(kind, pairs, (dict, [key, item]) => this.hand(put, dict, this.write(key), this.write(item)));
  }

  private bytes(bytes: Uint8Array): QuickJSHandle {
    const { context } = this;
    const array = this.hand('bytes', context.newNumber(bytes.length));
    bytes.forEach((byte, i) => {
      context.setProp(array, i, context.newNumber(byte));
    });
    return array;
  }

  private filled<T>(kind: Hand, items: readonly T[], put: (into: QuickJSHandle, item: T, i: number) => QuickJSHandle): QuickJSHandle {
    const into = this.hand(kind);
    items.forEach((item, i) => {
      put(into, item, i).dispose();
    });
    return into;
  }

  private hand(what: Hand, ...args: QuickJSHandle[]): QuickJSHandle {
    const { context } = this;
    return context.unwrapResult(context.getProp(this.hands, what).consume(f => context.callFunction(f, context.undefined, ...args)));
  }
}
