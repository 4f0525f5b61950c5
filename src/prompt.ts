// How a policy is asked. A leaf: tasks make prompts, engines read them.

export type Message = { readonly role: 'system' | 'user' | 'assistant'; readonly content: string };

/** Text as it stands (BOS where the tokenizer adds one), or messages for the model's chat template (which owns BOS). */
export type Prompt = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'chat'; readonly messages: readonly Message[] };
