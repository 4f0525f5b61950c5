// The code texts: a function from a description, and, more rarely, the same skill as signature and docstring. No reserved program
// is ever written, in either form: its description decides.
import type { Rng } from '../../../src/random.ts';
import { promptOf } from '../../../src/tasks/minimath/task.ts';
import type { Source } from '../document.ts';
import { isReserved } from '../reserve.ts';
import { asAuthor, body, describe, docstring, makeProgram, type Program, parameterOf } from './program.ts';

function drawProgram(rng: Rng): Program {
  for (;;) {
    const program = makeProgram(rng);
    if (!isReserved(describe(program))) return program;
  }
}

const isChain = (rng: Rng): boolean => rng.next() < 0.6;

export const describedCode: Source = rng => {
  const program = drawProgram(rng);
  const code = body(program, asAuthor(rng), isChain(rng));
  return { prompt: promptOf(describe(program)), completion: ` function f(${parameterOf(program)}) {${code}` };
};

export const docstringCode: Source = rng => {
  const program = drawProgram(rng);
  return { prompt: docstring(program), completion: body(program, asAuthor(rng), isChain(rng)) };
};
