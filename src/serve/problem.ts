// What a client is told when its request cannot be answered: OpenAI's form of an error, with the status that goes with it.

export interface ProblemDetails {
  readonly status: number;
  /** OpenAI's word for the kind. */
  readonly type: 'invalid_request_error' | 'rate_limit_error' | 'server_error';
  /** The field that is to blame. */
  readonly param?: string | null;
  readonly code?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export class Problem extends Error {
  readonly details: ProblemDetails;
  constructor(message: string, details: ProblemDetails) {
    super(message);
    this.name = 'Problem';
    this.details = details;
  }

  get body(): { readonly error: Readonly<Record<'message' | 'type' | 'param' | 'code', string | null>> } {
    const { type, param = null, code = null } = this.details;
    return { error: { message: this.message, type, param, code } };
  }
}

/** The request itself is wrong: 400 unless another status says it better. */
export const badRequest = (message: string, details: Partial<ProblemDetails> = {}): Problem =>
  new Problem(message, { status: 400, type: 'invalid_request_error', ...details });

export const unavailable = (message: string): Problem => new Problem(message, { status: 503, type: 'server_error', code: 'unavailable' });
