// Reads a value out of a realm, piece by piece from outside: nothing in the realm is asked to describe itself, so a toJSON, a toString or a patched
// JSON changes nothing. The few looks that need the realm's own operations go through functions that were made before the program came, with
// the intrinsics they need in their closure. Getters and proxies of the program do run: what they give is what the program gave.
import type { Value } from '../backend.ts';
import { hexOfFloat } from '../hex-float.ts';
import type { QuickJSContext, QuickJSHandle } from './module.ts';
import type { RealmValue } from './realm-value.ts';

const DEEPEST = 200;
const MOST_VALUES = 500_000;
/** Characters of all strings of one value. */
const MOST_TEXT = 4 * 2 ** 20;

const LOOKS = `(() => {
  const { isArray } = Array, { getPrototypeOf, getOwnPropertyDescriptor, keys } = Object, { apply } = Reflect;
  const plain = Object.prototype, charCodeAt = String.prototype.charCodeAt;
  const getter = (o, name) => getOwnPropertyDescriptor(o, name).get;
  const mapSize = getter(Map.prototype, 'size'), setSize = getter(Set.prototype, 'size');
  const mapEach = Map.prototype.forEach, setEach = Set.prototype.forEach;
  const typedTag = getter(getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag);
  const is = (getSize, o) => { try { apply(getSize, o, []); return true } catch { return false } };
  const own = (o, name) => { const d = getOwnPropertyDescriptor(o, name); return d && 'value' in d ? d.value : undefined };
  return {
    get: (o, k) => o[k],
    code: (s, i) => apply(charCodeAt, s, [i]),
    kind: o => {
      if (isArray(o) || typedTag && apply(typedTag, o, []) !== undefined) return 'list';
      if (is(mapSize, o)) return 'map';
      if (is(setSize, o)) return 'set';
      const p = getPrototypeOf(o);
      return p === plain || p === null ? 'dict' : 'opaque';
    },
    items: (o, kind) => {
      const out = { __proto__: null, length: 0 };
      const add = v => { out[out.length++] = v };
      if (kind === 'map') apply(mapEach, o, [(v, k) => { add(k); add(v) }]);
      else if (kind === 'set') apply(setEach, o, [add]);
      else { const k = keys(o); for (let i = 0; i < k.length; i++) { add(k[i]); add(o[k[i]]) } }
      return out;
    },
    // Of an error: only what lies there as data, along the chain; a getter would be the program's chance to loop.
    data: (o, name) => { for (let n = 0; n < 8 && o !== null && (typeof o === 'object' || typeof o === 'function'); n++) { const v = own(o, name); if (v !== undefined) return v; o = getPrototypeOf(o) } },
  };
})()`;

type Look = 'get' | 'code' | 'kind' | 'items' | 'data';

/** The program threw, or was stopped, while its value was read. */
class Unreadable extends Error {}

/** What becomes of a function or an object that is no plain data. */
export type OnOpaque = (handle: QuickJSHandle, name: string) => RealmValue;

const opaque = (v: string): Value => ({ t: 'opaque', v: v.slice(0, 80) });

export class ValueReader {
  private readonly context: QuickJSContext;
  private readonly looks: QuickJSHandle;
  private readonly onOpaque: OnOpaque;
  private values = 0;
  private text = 0;

  /** Make it before any code of the program runs. */
  constructor(context: QuickJSContext, onOpaque: OnOpaque = (_handle, name) => opaque(name)) {
    this.context = context;
    this.onOpaque = onOpaque;
    this.looks = context.unwrapResult(context.evalCode(LOOKS, 'looks.js'));
    // The library keeps the realm's BigInt from its first use on.
    context.newBigInt(0n).dispose();
  }

  /** Never throws for what a program can do; what is no plain data, too deep or too large is opaque. */
  read(handle: QuickJSHandle): RealmValue {
    this.values = 0;
    this.text = 0;
    try {
      return this.value(handle, 0);
    } catch (error) {
      if (error instanceof Unreadable) return opaque(error.message);
      throw error;
    }
  }

  /** An error in one line: its name and message, where they are texts. */
  describe(handle: QuickJSHandle): { readonly name: string; readonly message: string } {
    const type = this.context.typeof(handle);
    if (type !== 'object' && type !== 'function') return { name: 'thrown', message: this.primitive(handle, type) };
    const [name, message] = ['name', 'message'].map(field => this.data(handle, field));
    return { name: name || 'thrown', message: message ?? '' };
  }

  private data(handle: QuickJSHandle, field: string): string {
    try {
      const found = this.look('data', handle, this.context.newString(field));
      return this.context.typeof(found) === 'string' ? this.context.getString(found).slice(0, 400) : '';
    } catch (error) {
      if (error instanceof Unreadable) return '';
      throw error;
    }
  }

  private primitive(handle: QuickJSHandle, type: string): string {
    return type === 'string' || type === 'number' || type === 'bigint' ? this.context.getString(handle).slice(0, 400) : type;
  }

  private value(handle: QuickJSHandle, depth: number): RealmValue {
    if (++this.values > MOST_VALUES) throw new Unreadable('too large');
    if (depth > DEEPEST) throw new Unreadable('too deep');
    const { context } = this;
    switch (context.typeof(handle)) {
      case 'number':
        return valueOfNumber(context.getNumber(handle));
      case 'string':
        return this.string(handle);
      case 'boolean':
        return context.sameValue(handle, context.true);
      case 'undefined':
        return { t: 'undefined' };
      case 'bigint':
        return { t: 'bigint', v: context.getBigInt(handle).toString() };
      case 'object':
        return context.sameValue(handle, context.null) ? null : this.object(handle, depth);
      default:
        return this.onOpaque(handle, context.typeof(handle));
    }
  }

  private object(handle: QuickJSHandle, depth: number): RealmValue {
    const kind = this.context.getString(this.look('kind', handle));
    if (kind === 'list') return { t: 'list', v: this.list(handle, depth) };
    if (kind === 'opaque') return this.onOpaque(handle, this.data(handle, 'name') || 'object');
    const items = this.list(this.look('items', handle, this.context.newString(kind)), depth);
    if (kind === 'set') return { t: 'set', v: items };
    return { t: 'dict', v: Array.from({ length: items.length / 2 }, (_, i) => [items[2 * i]!, items[2 * i + 1]!] as const) };
  }

  private list(handle: QuickJSHandle, depth: number): RealmValue[] {
    const length = this.context.getNumber(this.look('get', handle, this.context.newString('length')));
    if (!(length >= 0 && length <= MOST_VALUES - this.values)) throw new Unreadable('too large');
    const items: RealmValue[] = [];
    for (let i = 0; i < length; i++) {
      const item = this.look('get', handle, this.context.newNumber(i));
      items.push(this.value(item, depth + 1));
      item.dispose();
    }
    return items;
  }

  /** The library's strings end at a NUL and have no lone surrogates: where either may be, unit by unit. */
  private string(handle: QuickJSHandle): string {
    const length = this.context.getNumber(this.look('get', handle, this.context.newString('length')));
    this.text += length;
    if (this.text > MOST_TEXT) throw new Unreadable('too large');
    const text = this.context.getString(handle);
    if (text.length === length && !text.includes('\uFFFD')) return text;
    const codes = Array.from({ length }, (_, i) => this.context.getNumber(this.look('code', handle, this.context.newNumber(i))));
    return codes.map(code => String.fromCharCode(code)).join('');
  }

  private look(what: Look, ...args: QuickJSHandle[]): QuickJSHandle {
    const { context } = this;
    const result = context.getProp(this.looks, what).consume(f => context.callFunction(f, context.undefined, ...args));
    if (result.error) throw new Unreadable('threw while it was read');
    return result.value;
  }
}

/** A JavaScript number: a whole one is an int while it is exact. */
const valueOfNumber = (n: number): Value =>
  Number.isSafeInteger(n) && !Object.is(n, -0) ? { t: 'int', v: String(n) } : { t: 'float', v: hexOfFloat(n) };
