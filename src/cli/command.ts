// What a command is: a name, its words for commander, and what it does. Declaring one must stay cheap (`--help` loads no engine), so a command
// imports what it needs when it acts. The file to copy for a new command: report.ts; then a row in main.ts.
import type { Command } from 'commander';

/** What a command may touch of the process it runs in. */
export interface Context {
  readonly cwd: string;
  /** The environment variables of the process. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Standard input. */
  readonly input: AsyncIterable<Uint8Array>;
  /** Results. */
  out(text: string): void;
  /** Resolves when standard output has room again: a filter waits here, so that a slow reader does not fill the memory. */
  drained(): Promise<void>;
  /** Progress and notes. */
  err(text: string): void;
  /** stderr is a terminal that can take a line back. */
  readonly isTerminal: boolean;
  /** Its width in characters. Nothing is coloured, on any terminal. */
  readonly columns: number;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  clock(): number;
}

export interface CliCommand {
  readonly name: string;
  readonly summary: string;
  /** Adds arguments and options; `act` is given them as commander parsed them. */
  declare(command: Command): Command;
  /** `args` in the order declared. Throws ConfigError (exit 2), Interrupted (130), anything else (1). */
  act(args: readonly string[], options: Readonly<Record<string, unknown>>, context: Context): Promise<void>;
}

/** A command that only holds commands: `judge answers`, `judge code`. */
export interface CliGroup {
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly CliCommand[];
}
