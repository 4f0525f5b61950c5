// A streamed answer: choices grow token by token, and what has grown is sent when the connection takes it. A client that reads slowly gets fewer and longer
// pieces; nothing queues up behind it but the text itself.

import type { Head, Spelling } from './answer.ts';
import { usageOf } from './answer.ts';
import type { Ask } from './ask.ts';
import type { Endpoint, Json, Piece } from './endpoint.ts';
import { finishReason } from './endpoint.ts';
import type { EventStream } from './events.ts';
import type { Choice, FinishedChoice, Listener } from './generate.ts';
import { type Place, promptPlaces, promptText } from './places.ts';
import { Spoken } from './spoken.ts';

interface Growing {
  readonly index: number;
  readonly spoken: Spoken;
  /** Where the completion begins in the text. */
  readonly from: number;
  readonly promptIds: readonly number[];
  text: string;
  places: Place[];
  ids: number[];
  finish: Piece['finish'];
  isFirst: boolean;
}

export class Chunks implements Listener {
  private readonly endpoint: Endpoint;
  private readonly head: Head;
  private readonly ask: Ask;
  private readonly spelling: Spelling;
  private readonly events: EventStream;
  private readonly growing = new Map<number, Growing>();

  constructor(endpoint: Endpoint, head: Head, ask: Ask, spelling: Spelling, events: EventStream) {
    this.endpoint = endpoint;
    this.head = head;
    this.ask = ask;
    this.spelling = spelling;
    this.events = events;
    events.onRoom(() => this.flush());
  }

  onBegin(choice: Choice): void {
    const { tokenizer } = this.spelling;
    const { echo, logprobs, settings } = this.ask;
    const text = echo ? promptText(tokenizer, choice) : '';
    this.growing.set(choice.index, {
      index: choice.index,
      spoken: new Spoken(tokenizer, settings.stop),
      from: text.length,
      promptIds: choice.prompt.ids,
      text,
      places: echo && logprobs !== null ? promptPlaces(tokenizer, choice) : [],
      ids: [],
      finish: null,
      isFirst: true,
    });
    this.flush();
  }

  onToken({ index }: Choice, { token, logprob, best }: Parameters<NonNullable<Listener['onToken']>>[1]): void {
    const growing = this.growing.get(index)!;
    const offset = growing.from + growing.spoken.length;
    if (this.ask.logprobs !== null) growing.places.push({ id: token, logprob, best, offset });
    growing.ids.push(token);
    growing.text += growing.spoken.push(token);
    this.flush();
  }

  onDone(done: FinishedChoice): void {
    const growing = this.growing.get(done.index)!;
    growing.text += growing.spoken.finish(done.generation.text);
    growing.finish = finishReason(done);
    this.flush();
  }

  /** Sends what there is to say, as long as the connection takes it. */
  private flush(): void {
    for (const growing of this.growing.values()) {
      if (this.events.isFull) return;
      if (growing.text === '' && growing.finish === null && !(growing.isFirst && this.endpoint.isAnnounced)) continue;
      this.send(growing);
      if (growing.finish !== null) this.growing.delete(growing.index);
    }
  }

  private send(growing: Growing): void {
    const { index, text, places, ids, finish, isFirst, promptIds } = growing;
    const { logprobs, manner } = this.ask;
    const piece = { index, text, places: logprobs === null ? null : places, wordOf: this.spelling.wordOf, finish, isFirst };
    this.write([
      {
        ...this.endpoint.chunk(piece),
        ...(manner.returnTokenIds && { token_ids: ids, ...(isFirst && { prompt_token_ids: promptIds }) }),
      },
    ]);
    growing.text = '';
    growing.places = [];
    growing.ids = [];
    growing.isFirst = false;
  }

  private write(choices: readonly Json[], usage?: Json): void {
    const { id, created, model } = this.head;
    const isTold = this.ask.manner.includeUsage;
    this.events.send({
      id,
      object: this.endpoint.chunkObject,
      created,
      model,
      choices,
      ...(isTold && { usage: usage ?? null }),
    });
  }

  /** All choices are done: waits until they are sent, and ends the stream. */
  async end(choices: readonly FinishedChoice[]): Promise<void> {
    while (this.growing.size > 0) {
      await this.events.room();
      this.flush();
    }
    if (this.ask.manner.includeUsage) this.write([], usageOf(this.ask, choices));
    this.events.finish();
  }
}
