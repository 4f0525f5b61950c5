// Honest programs that a careless fork server fails: fast-input templates, output written at the last moment, deep recursion, threads with large stacks,
// child processes. Each must print 7 for "3 4".
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { DEFAULT_LIMITS, type Observation } from '../backend.ts';
import { probeBwrap } from './probe.ts';

const probe = await probeBwrap({ lanes: 2 });
const skip = probe.ok ? false : `${probe.reason} (${probe.remedy})`;
after(() => (probe.ok ? probe.backend.close() : undefined));

const READ = 'a, b = map(int, input().split())\n';

const PROGRAMS: Readonly<Record<string, string>> = {
  'recursion in a thread of 512 MiB': `import sys, threading\nsys.setrecursionlimit(10**6)\nthreading.stack_size(512 << 20)\ndef f(n): return 0 if n == 0 else 1 + f(n - 1)\ndef main():\n    ${READ}    f(50000)\n    print(a + b)\nt = threading.Thread(target=main)\nt.start()\nt.join()`,
  'recursion through a cache in C': `import sys\nfrom functools import lru_cache\nsys.setrecursionlimit(10**6)\n@lru_cache(None)\ndef f(n): return 0 if n == 0 else 1 + f(n - 1)\nf(100000)\n${READ}print(a + b)`,
  'a stack without a limit': `import resource\nresource.setrlimit(resource.RLIMIT_STACK, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))\n${READ}print(a + b)`,
  'a pool of processes': `from multiprocessing import Pool\ndef f(x): return x * 2\nif __name__ == '__main__':\n    ${READ}    with Pool(2) as p:\n        print(sum(p.map(f, [a, b])) // 2)`,
  'a pool of threads': `from concurrent.futures import ThreadPoolExecutor\n${READ}with ThreadPoolExecutor(8) as e:\n    print(sum(e.map(int, [a, b])))`,
  'a thread that answers after the main one has ended': `import threading, time\n${READ}def late():\n    time.sleep(0.05)\n    print(a + b)\nthreading.Thread(target=late).start()`,
  'a child process': `import subprocess, sys\n${READ}print(subprocess.run([sys.executable, '-c', f'print({a} + {b})'], capture_output=True, text=True).stdout.strip())`,
  asyncio: `import asyncio\nasync def main():\n    ${READ}    await asyncio.sleep(0.01)\n    print(a + b)\nasyncio.run(main())`,
  'exit, which site defines': `${READ}print(a + b)\nexit()`,
  'quit in a function': `def main():\n    ${READ}    print(a + b)\n    quit(0)\nmain()`,
  'sys.exit of what main returns': `import sys\ndef main():\n    ${READ}    print(a + b)\nif __name__ == '__main__':\n    sys.exit(main())`,
  'a byte order mark': `\ufeff${READ}print(a + b)`,
  'lines of fileinput': 'import fileinput\nfor line in fileinput.input():\n    print(sum(map(int, line.split())))',
  '/dev/stdin, open(0), os.read, a second reading':
    "import os, sys\ntext = open('/dev/stdin').read()\nos.lseek(0, 0, 0)\nassert os.read(0, 100).decode() == text\nsys.stdin.seek(0)\nassert open(0, closefd=False).read() == text\nprint(sum(map(int, text.split())))",
  'its own source': `import inspect\ndef f(): pass\nassert 'def f' in inspect.getsource(f) and 'def f' in open(__file__).read()\n${READ}print(a + b)`,
  'a template that reads the mode of its streams': `import os, sys\nfrom io import BytesIO, IOBase\nclass Fast(IOBase):\n    def __init__(self, file):\n        self.fd = file.fileno()\n        self.buffer = BytesIO()\n        self.writable = 'x' in file.mode or 'r' not in file.mode\n        self.write = self.buffer.write if self.writable else None\n    def flush(self):\n        if self.writable:\n            os.write(self.fd, self.buffer.getvalue())\n            self.buffer.truncate(0)\n            self.buffer.seek(0)\nout = Fast(sys.stdout)\nassert not Fast(sys.stdin).writable\n${READ}out.write(str(a + b).encode())\nout.flush()`,
  'output written by an exit handler': `import atexit, io, sys\nsys.stdout = io.StringIO()\natexit.register(lambda: sys.__stdout__.write(sys.stdout.getvalue()))\n${READ}print(a + b)`,
  'a writer that is never flushed': `import os\nout = os.fdopen(1, 'w')\n${READ}out.write(str(a + b))`,
  'an unflushed writer inside an object': `import io, sys\nclass Holder: pass\nh = Holder()\nh.out = io.TextIOWrapper(io.BufferedWriter(io.FileIO(1, 'w', closefd=False)))\n${READ}h.out.write(str(a + b))`,
  'integers of six thousand digits': `${READ}x = 10 ** 6000\nassert int(str(x)) == x\nprint(a + b)`,
  'an order that only the hash seed decides': `${READ}assert ''.join(set('abcdefgh')) == ''.join(set('abcdefgh'))\nassert hash('x') == hash('x')\nprint(a + b)`,
  'dataclasses, pickles and hints of __main__': `from __future__ import annotations\nimport pickle, typing\nfrom dataclasses import dataclass\n@dataclass\nclass P:\n    x: typing.List[int]\nassert pickle.loads(pickle.dumps(P([1]))) == P([1])\ntyping.get_type_hints(P)\n${READ}print(a + b)`,
  'a signal of its own': `import signal\nsignal.signal(signal.SIGALRM, lambda *a: None)\nsignal.setitimer(signal.ITIMER_REAL, 0.01)\nsignal.pause()\n${READ}print(a + b)`,
  'a broken pipe of its own': `import os\nr, w = os.pipe()\nos.close(r)\ntry:\n    os.write(w, b'x')\nexcept BrokenPipeError:\n    pass\n${READ}print(a + b)`,
  'temporary files': `import tempfile\nwith tempfile.NamedTemporaryFile() as f:\n    f.write(bytes(1 << 20))\n${READ}print(a + b)`,
  'modules named as ours': `open('inside.py', 'w').write('x = 1')\nimport sys\nsys.path.insert(0, '.')\nimport inside\n${READ}print(a + b)`,
};

describe('honest programs answer', { skip }, () => {
  for (const [name, program] of Object.entries(PROGRAMS))
    test(name, async () => {
      const all: Observation[] = [];
      const job = { language: 'python', mode: 'stdio', program, inputs: ['3 4\n'], limits: DEFAULT_LIMITS } as const;
      assert.equal(await (probe.ok && probe.backend.run(job, seen => all.push(seen) > 0)), null);
      assert.equal(all[0]!.end, 'exit', `${all[0]!.detail} ${all[0]!.stderr}`);
      assert.equal(Buffer.from(all[0]!.stdout).toString().trim(), '7');
    });
});
