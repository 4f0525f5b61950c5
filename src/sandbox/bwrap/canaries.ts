// What is tried before the sandbox is trusted with a program: an honest one that must work, and six that try what must fail, each with a trap that only
// a hole would reach. They are also the proof of the phrases that say what is enforced here.
import type { Limits, Observation } from '../backend.ts';

/** Places and names of the host that no candidate may reach, made by the probe for the time it runs. */
export interface Traps {
  /** A TCP port of 127.0.0.1 where somebody listens. */
  readonly port: number;
  /** A folder outside, of this user. */
  readonly folder: string;
  /** The value of something in the host's environment or files. */
  readonly secret: string;
}

export interface Canary {
  readonly name: string;
  readonly program: (traps: Traps) => string;
  readonly input: string;
  /** Null when it ended as it must, else what it got. */
  readonly wrong: (seen: Observation, traps: Traps) => string | null;
}

export const CANARY_LIMITS: Limits = { cpuSeconds: 4, wallSeconds: 20, memoryBytes: 192 * 2 ** 20 };

const text = (seen: Observation): string => Buffer.from(seen.stdout).toString().trim();
const told = (seen: Observation): string => `${seen.end} ${seen.detail} ${text(seen)}`.trim();
const prints =
  (expected: string): Canary['wrong'] =>
  seen =>
    seen.end === 'exit' && text(seen) === expected ? null : told(seen);

export const CANARIES: readonly Canary[] = [
  {
    name: 'an honest program',
    program: () =>
      'import math, threading\nfound = []\nt = threading.Thread(target=lambda: found.append(math.gcd(*map(int, input().split()))))\nt.start(); t.join()\nprint(found[0])',
    input: '12 18\n',
    wrong: prints('6'),
  },
  {
    name: 'environment',
    program: () => `
import os
known = {'PATH', 'HOME', 'LANG', 'PYTHONHASHSEED', 'MALLOC_ARENA_MAX', 'OMP_NUM_THREADS', 'PWD', 'LC_CTYPE'}
found = [k for k in os.environ if k not in known]
for pid in [p for p in os.listdir('/proc') if p.isdigit() and int(p) != os.getpid()]:
    try:
        if open(f'/proc/{pid}/environ').read():
            found.append(pid)
    except OSError:
        pass
print(found)`,
    input: '',
    wrong: prints('[]'),
  },
  {
    name: 'network',
    program: ({ port }) => `
import socket
for family, place in ((socket.AF_INET, ('127.0.0.1', ${port})), (socket.AF_UNIX, '\\0rest-em-canary-${port}')):
    try:
        socket.socket(family).connect(place)
        print('connected', place)
    except OSError:
        pass
print('end')`,
    input: '',
    wrong: prints('end'),
  },
  {
    name: '/etc/passwd',
    program: ({ folder }) => `
import os
for path in ('/etc/passwd', '/etc/shadow', '/proc/1/root/etc/passwd', '/proc/1/environ', ${JSON.stringify(`${folder}/secret`)}):
    try:
        print('read', path, len(open(path).read()))
    except OSError:
        pass
print('end')`,
    input: '',
    wrong: prints('end'),
  },
  {
    name: 'limit of processes',
    program: () => `
import os, time
n = 0
try:
    while n < 200:
        if os.fork() == 0:
            time.sleep(20)
            os._exit(0)
        n += 1
except OSError:
    pass
print('held' if n < 64 else n)`,
    input: '',
    wrong: prints('held'),
  },
  {
    name: 'limit of memory',
    // Spread over processes, each of which stays below any limit of its own.
    program: () => `
import os, time
for _ in range(8):
    if os.fork() == 0:
        held = bytearray(os.urandom(1 << 20)) * 64
        time.sleep(3)
        os._exit(0)
os.wait()
print('held 512 MiB of 192')`,
    input: '',
    wrong: seen => (seen.end === 'memory' ? null : told(seen)),
  },
  {
    name: 'write outside',
    program: ({ folder }) => `
import os
for path in ('/x', '/usr/x', '/etc/x', '/sb/x', '/dev/x', '/proc/sys/kernel/hostname', ${JSON.stringify(`${folder}/x`)}):
    try:
        os.open(path, os.O_WRONLY | os.O_CREAT)
        print('opened', path)
    except OSError:
        pass
print('end')`,
    input: '',
    wrong: prints('end'),
  },
];
