// Each operation's right code does what the row says, each mistake shows on some input, and whole programs run.
import assert from 'node:assert/strict';
import test from 'node:test';
import { runInNewContext } from 'node:vm';
import { rngOf } from '../../random.ts';
import { fill } from '../minimath/problem.ts';
import { type Operation, operationIds, operationOf, type Value } from './operations.ts';
import { body, describe, docstring, makeProgram, parameterOf, rightly, runProgram } from './program.ts';

const inputs: Record<Operation['on'], readonly Value[]> = {
  list: [
    [3, 8, 12, 5, 20, 1],
    [7, 7, 2],
    [15, 4, 9, 16, 11, 30, 6],
    [2, 1, 10, 13, 3],
  ],
  text: ['Hello World', 'abc', 'Banana', 'JavaScript'],
};

const plain = (value: unknown): string => JSON.stringify(value) ?? 'undefined';

/** The value of an expression over `v`, or the name of its error. */
function resultOf(code: string, v: Value): string {
  try {
    return plain(runInNewContext(code, { v }, { timeout: 1000 }));
  } catch (error) {
    return (error as Error).name;
  }
}

test('every right way of an operation gives what the operation truly does', () => {
  for (const id of operationIds) {
    const operation = operationOf(id);
    for (const k of operation.k ? [operation.k[0], operation.k[1]] : [0])
      for (const code of operation.code)
        for (const input of inputs[operation.on])
          assert.equal(resultOf(fill(code, { v: 'v', k }), input), plain(operation.run(input, k)), `${id} ${k}: ${code}`);
  }
});

test('every mistake shows on some input', () => {
  for (const id of operationIds) {
    const operation = operationOf(id);
    for (const [code] of operation.mistakes) {
      const ks = Array.from({ length: 20 }, (_, i) => i + 1);
      const shows = ks.some(k =>
        inputs[operation.on].some(input => resultOf(fill(code, { v: 'v', k }), input) !== plain(operation.run(input, k))),
      );
      assert.ok(shows, `${id}: ${code}`);
    }
  }
});

test('a program written rightly, in one chain or in lines, returns what it should', () => {
  const rng = rngOf(4);
  for (let i = 0; i < 80; i++) {
    const program = makeProgram(rng);
    const source = `function f(${parameterOf(program)}) {${body(program, rightly(rng), i % 2 === 0)}; f(v)`;
    for (const input of inputs[program.on]) assert.equal(resultOf(source, input), plain(runProgram(program, input)), source);
  }
});

test('words that differ are programs that differ', () => {
  const rng = rngOf(9);
  const programs = new Map<string, string>();
  for (let i = 0; i < 2000; i++) {
    const program = makeProgram(rng);
    for (const text of [describe(program), docstring(program)]) {
      assert.equal(programs.get(text) ?? plain(program), plain(program), text);
      programs.set(text, plain(program));
    }
  }
});
