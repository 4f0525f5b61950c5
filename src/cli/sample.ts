// rest-em sample MODEL: completions of a prompt, a chat message, or a file of prompts. Text as people read it, or with --json one JSON object
// a prompt, holding all its completions with tokens and log-probabilities.
import { resolve } from 'node:path';
import { ConfigError } from '../errors.ts';
import type { Generation, SampleRequest } from '../policy/policy.ts';
import type { Prompt } from '../prompt.ts';
import { seedOf } from '../random.ts';
import type { CliCommand } from './command.ts';
import { collect, whole, withEngine, withSampling } from './options.ts';

type Options = Readonly<Record<string, unknown>>;
interface Asked {
  readonly id: string;
  readonly prompt: Prompt;
}

export const sample: CliCommand = {
  name: 'sample',
  summary: 'completions of a model',
  declare: command =>
    withEngine(
      withSampling(
        command
          .argument('<model>', 'a Hugging Face folder, a GGUF file, or a checkpoint of a run')
          .option('--prompt <text>', 'the text to complete, as it stands')
          .option('--chat <text>', "a user's message, put into the model's chat template")
          .option('--in <file>', 'JSONL rows {"id", "prompt"} or {"id", "messages"}')
          .option('--n <count>', 'completions of each prompt', whole(1), 1)
          .option('--greedy', 'the most likely token each time')
          .option('--max-tokens <count>', 'longest completion', whole(1), 256)
          .option('--stop <text>', 'end where this text begins (repeatable)', collect)
          .option('--json', 'print JSON: one object a prompt'),
      ),
    ),
  async act([argument = ''], options, context) {
    const { modelPath } = await import('./model-path.ts');
    const { inspectModel, promptComplaints } = await import('../config/model.ts');
    const { deviceOf, withPolicy } = await import('./engine.ts');
    const asked = await promptsOf(options, context.cwd);
    const model = await modelPath(argument, context);
    const complaints = promptComplaints(
      await inspectModel(model),
      asked.map(a => a.prompt),
    );
    if (complaints.length > 0) throw new ConfigError(complaints);
    const device = await deviceOf(options, context);
    const generations = await withPolicy({ ...options, device }, policy =>
      policy.sample(
        model,
        asked.map(a => requestOf(a, options)),
        settingsOf(options),
        undefined,
        context.signal,
      ),
    );
    for (const [i, { id, prompt }] of asked.entries()) {
      context.out(options.json ? `${JSON.stringify(jsonOf(id, prompt, generations[i]!))}\n` : plain(id, generations[i]!, asked.length));
    }
  },
};

const SOURCES = ['prompt', 'chat', 'in'] as const;

async function promptsOf(options: Options, cwd: string): Promise<readonly Asked[]> {
  const given = SOURCES.filter(name => options[name] !== undefined);
  const source = given[0];
  if (source === undefined || given.length > 1) {
    const came = given.length === 0 ? 'got none' : `got ${given.map(name => `--${name}`).join(' and ')}`;
    throw new ConfigError({ field: 'sample', message: `${came}; accepted: one of --prompt, --chat, --in` });
  }
  const value = String(options[source]);
  if (source === 'prompt') return [{ id: '1', prompt: { kind: 'text', text: value } }];
  if (source === 'chat') return [{ id: '1', prompt: { kind: 'chat', messages: [{ role: 'user', content: value }] } }];
  const { readPrompts } = await import('./rows.ts');
  return readPrompts(resolve(cwd, value));
}

const requestOf = ({ id, prompt }: Asked, { n, seed }: Options): SampleRequest => ({
  id,
  prompt,
  seeds: Array.from({ length: Number(n) }, (_, draw) => seedOf(Number(seed), 'sample', id, draw)),
});

const settingsOf = ({ greedy, temperature, topK, topP, maxTokens, stop }: Options) => ({
  temperature: greedy ? 0 : Number(temperature),
  topK: Number(topK),
  topP: Number(topP),
  maxTokens: Number(maxTokens),
  stop: (stop as string[] | undefined) ?? [],
});

const jsonOf = (id: string, prompt: Prompt, generations: readonly Generation[]) => ({
  id,
  prompt: prompt.kind === 'text' ? prompt.text : prompt.messages,
  completions: generations.map(({ text, tokens, logprobs, finish, promptTokens }) => ({
    text,
    tokens,
    logprobs,
    finish,
    prompt_tokens: promptTokens,
  })),
});

/** A single completion is printed bare, so that it can be piped on. */
function plain(id: string, generations: readonly Generation[], prompts: number): string {
  if (prompts === 1 && generations.length === 1) return `${generations[0]!.text}\n`;
  return generations.map((g, draw) => `[${id} ${draw + 1}, ${g.finish}] ${g.text}\n`).join('');
}
