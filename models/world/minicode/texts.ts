// The code texts: a function from a description, and, more rarely, the same skill as signature and docstring. No reserved program
// is ever written, in either form: its description decides.
import { pick, type Rng } from '../../../src/random.ts';
import { operationOf } from '../../../src/tasks/minicode/operations.ts';
import { body, type Choose, describe, docstring, makeProgram, type Program, parameterOf } from '../../../src/tasks/minicode/program.ts';
import { promptOf } from '../../../src/tasks/minimath/task.ts';
import { isReserved } from '../../../src/tasks/reserve.ts';
import { draw, type Source } from '../document.ts';

/** An author with the misconceptions of the operations' rows. */
const asAuthor =
  (rng: Rng): Choose =>
  call =>
    draw(operationOf(call.operation).mistakes, pick(operationOf(call.operation).code, rng), rng);

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
