// `--set a.b=c`: one setting from the command line, laid over the file's. Values are JSON where they are JSON, numbers where they look like
// numbers, lists as [a, b], and text otherwise: `--set arms=[sft,random] --set fit.epochs=2 --set model=models/tiny-s`.
import { parse } from 'yaml';
import { ConfigError } from '../errors.ts';
import { camelName, isCode, isPlain } from './keys.ts';

export interface Setting {
  readonly path: readonly string[];
  readonly value: unknown;
}

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
const WORDS: Readonly<Record<string, unknown>> = { true: true, false: false, null: null };

function readValue(text: string, field: string): unknown {
  if (NUMBER.test(text)) return Number(text);
  if (Object.hasOwn(WORDS, text)) return WORDS[text];
  if (!/^["[{]/.test(text)) return text;
  try {
    return parse(text);
  } catch (cause) {
    throw new ConfigError({ field, message: `${text} is not JSON (${(cause as Error).message.split('\n')[0]})` });
  }
}

/** Parses one `a.b=c`. Keys may be snake_case. Throws ConfigError. */
export function parseSetting(argument: string): Setting {
  const at = argument.indexOf('=');
  const key = at < 0 ? argument : argument.slice(0, at);
  const path = key.split('.').map(name => camelName(name.trim()));
  if (at < 0 || path.some(name => !/^[A-Za-z]\w*$/.test(name))) {
    throw new ConfigError({ field: '--set', message: `got ${JSON.stringify(argument)}; accepted: NAME=VALUE, such as fit.epochs=2` });
  }
  return { path, value: readValue(argument.slice(at + 1).trim(), key) };
}

/** `settings` with one of them replaced; what lies between is made where it is missing. */
export function withSetting(settings: unknown, { path, value }: Setting): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  if (isCode(settings))
    throw new ConfigError({ field: '--set', message: `cannot reach ${first} inside a task that is code; change it there` });
  const here = isPlain(settings) ? settings : {};
  return { ...here, [first]: withSetting(here[first], { path: rest, value }) };
}
