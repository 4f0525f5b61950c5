// What a program that reads standard input finds: the ways contest programs know. readline() and print() of the shells; require('fs').readFileSync(0),
// process.stdin with its events, require('readline'). Input is there from the start, so nothing waits. JavaScript text, as prelude-common.ts; there
// is no file system and no module behind it but these few.

export const STDIO = String.raw`
(host, kit, input) => {
  const { define, inspect, format } = kit;
  let at = 0;
  const rest = () => { const text = input.slice(at); at = input.length; return text };
  const line = () => {
    if (at >= input.length) return null;
    const end = input.indexOf('\n', at);
    const text = input.slice(at, end < 0 ? input.length : end);
    at = end < 0 ? input.length : end + 1;
    return text.endsWith('\r') ? text.slice(0, -1) : text;
  };
  define('readline', () => { const text = line(); return text === null ? undefined : text });
  define('prompt', () => line());

  class Emitter {
    #on = {};
    on(name, f) { (this.#on[name] ||= []).push(f); return this }
    addListener(name, f) { return this.on(name, f) }
    once(name, f) { const g = (...a) => { this.off(name, g); f(...a) }; return this.on(name, g) }
    off(name, f) { this.#on[name] = (this.#on[name] || []).filter(g => g !== f); return this }
    removeListener(name, f) { return this.off(name, f) }
    removeAllListeners(name) { if (name) delete this.#on[name]; else this.#on = {}; return this }
    listenerCount(name) { return (this.#on[name] || []).length }
    emit(name, ...a) { const all = [...(this.#on[name] || [])]; for (const f of all) f.apply(this, a); return all.length > 0 }
  }
  const bytes = text => ({ toString: () => text, toJSON: () => text, get length() { return text.length }, [Symbol.toPrimitive]: () => text });

  class Stdin extends Emitter {
    fd = 0; isTTY = false; readable = true;
    #started = false; #encoding = null;
    setEncoding(e) { this.#encoding = e; return this }
    resume() { this.#start(); return this }
    pause() { return this }
    unref() { return this }
    ref() { return this }
    read() { return at >= input.length ? null : this.#chunk() }
    on(name, f) { super.on(name, f); if (['data', 'end', 'readable', 'close'].includes(name)) this.#start(); return this }
    #chunk() { const text = rest(); return this.#encoding ? text : bytes(text) }
    #start() {
      if (this.#started) return;
      this.#started = true;
      setTimeout(() => {
        if (this.listenerCount('readable') > 0) this.emit('readable');
        if (at < input.length && this.listenerCount('data') > 0) this.emit('data', this.#chunk());
        if (this.listenerCount('readable') > 0) this.emit('readable');
        this.emit('end');
        this.emit('close');
      }, 0);
    }
    async *[Symbol.asyncIterator]() { if (at < input.length) yield this.#chunk() }
  }
  class Interface extends Emitter {
    #closed = false; #started = false; #paused = 0;
    #start() {
      if (this.#started) return;
      this.#started = true;
      const next = () => {
        if (this.#closed) return;
        const text = line();
        if (text === null) return this.close();
        this.emit('line', text);
        setTimeout(next, 0);
      };
      setTimeout(next, 0);
    }
    on(name, f) { super.on(name, f); if (name === 'line' || name === 'close') this.#start(); return this }
    question(text, a, b) {
      const answer = typeof a === 'function' ? a : b;
      host.write('out', String(text));
      if (answer) { setTimeout(() => { const got = line(); if (got === null) this.close(); else answer(got) }, 0); return }
      return new Promise(resolve => { const got = line(); if (got === null) this.close(); else resolve(got) });
    }
    close() { if (!this.#closed) { this.#closed = true; this.emit('close') } }
    setPrompt() {} prompt() {} pause() { return this } resume() { return this } write() {}
    async *[Symbol.asyncIterator]() { for (let text = this.#closed ? null : line(); text !== null; text = this.#closed ? null : line()) yield text }
  }
  const writer = (stream, fd) => Object.assign(new Emitter(), { fd, isTTY: false, columns: 80, write(text, e, done) { host.write(stream, String(text)); const f = typeof e === 'function' ? e : done; if (f) setTimeout(f, 0); return true }, end(text) { if (text !== undefined) host.write(stream, String(text)) }, cork() {}, uncork() {} });

  const stdin = new Stdin();
  const process = Object.assign(new Emitter(), {
    argv: ['node', 'solution.js'], env: {}, platform: 'linux', version: 'v22.0.0', versions: { node: '22.0.0' }, pid: 1, exitCode: undefined,
    stdin, stdout: writer('out', 1), stderr: writer('err', 2),
    exit(code) { const status = code === undefined ? process.exitCode : code; process.emit('exit', status || 0); host.exit(Number(status) || 0) },
    nextTick: (f, ...a) => { Promise.resolve().then(() => f(...a)) },
    cwd: () => '/', uptime: () => 0, memoryUsage: () => ({ heapUsed: 0, rss: 0 }),
    hrtime: Object.assign(() => [0, 0], { bigint: () => 0n }),
  });
  define('process', process);

  const STDIN = [0, '/dev/stdin', 'dev/stdin', '/proc/self/fd/0'];
  const WRITE = { 1: 'out', 2: 'err', '/dev/stdout': 'out', '/dev/stderr': 'err' };
  const missing = path => Object.assign(new Error("ENOENT: no such file or directory, open '" + path + "'"), { code: 'ENOENT' });
  const fs = {
    readFileSync(path, options) {
      if (!STDIN.includes(path)) throw missing(path);
      const text = rest();
      return (typeof options === 'string' ? options : options && options.encoding) ? text : bytes(text);
    },
    readFile(path, a, b) { const done = b || a; setTimeout(() => { try { done(null, fs.readFileSync(path, b ? a : undefined)) } catch (e) { done(e) } }, 0) },
    writeFileSync(path, text) { if (!(path in WRITE)) throw missing(path); host.write(WRITE[path], String(text)) },
    writeSync(fd, text) { fs.writeFileSync(fd, text); return String(text).length },
    existsSync: path => STDIN.includes(path),
  };
  fs.promises = { readFile: async (path, options) => fs.readFileSync(path, options) };
  const createInterface = () => new Interface();
  const modules = {
    fs, process, 'fs/promises': fs.promises, os: { EOL: '\n' }, events: Object.assign(Emitter, { EventEmitter: Emitter }),
    readline: { createInterface, Interface }, 'readline/promises': { createInterface, Interface },
    util: { inspect: v => inspect(v), format: (...a) => format(a) }, assert: kit.assert,
    perf_hooks: { performance: { now: () => 0 } },
  };
  define('performance', modules.perf_hooks.performance);
  define('require', name => {
    const found = modules[String(name).replace(/^node:/, '')];
    if (!found) throw Object.assign(new Error("Cannot find module '" + name + "'"), { code: 'MODULE_NOT_FOUND' });
    return found;
  });
  return () => { process.emit('exit', process.exitCode || 0); return Number(process.exitCode) || 0 };
}
`;
