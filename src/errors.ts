// The three fates of an error (a bad sample is none: it is data, see verifiers/verdict.ts). ConfigError: the user's settings or files, found
// before any work, all at once, exit code 2, no stack. Interrupted: Ctrl-C, state saved, exit code 130. Everything else is ours or the machine's.

export interface Complaint {
  /** Where: a setting's path, a flag, a file with its line. */
  readonly field: string;
  /** What came, what is accepted, what to try. One line. */
  readonly message: string;
}

export class ConfigError extends Error {
  readonly complaints: readonly Complaint[];
  constructor(complaints: Complaint | readonly Complaint[]) {
    const list = 'field' in complaints ? [complaints] : complaints;
    super(list.map(c => `${c.field}: ${c.message}`).join('\n'));
    this.name = 'ConfigError';
    this.complaints = list;
  }
}

/** A model file or folder that cannot be read or is not supported: the user's file, so a ConfigError. */
export class ModelError extends ConfigError {
  constructor(file: string, message: string) {
    super({ field: file, message });
    this.name = 'ModelError';
  }
}

export class Interrupted extends Error {
  constructor(message = 'interrupted') {
    super(message);
    this.name = 'Interrupted';
  }
}

/** The engine, or the machine under it, failed: the run stops and can resume. */
export class EngineError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EngineError';
  }
}

/** Programs cannot be judged here: no sandbox works, or the one there was is gone. */
export class SandboxError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SandboxError';
  }
}

/** A check ran to its end and was not met (a gate, a sandbox that does not hold): no failure of ours; exit code 3. */
export class CheckFailed extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CheckFailed';
  }
}

/** The run directory cannot be written or holds something it should not. */
export class StoreError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
  }
}

/** A data set could not be had: no network, not on the Hub, or what arrived is not what was named. Giving the command again goes on. */
export class DataError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DataError';
  }
}
