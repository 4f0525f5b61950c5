// Server-sent events on a response. Says when the connection takes no more, and gives a reader up that has not read for a long time.
import type { ServerResponse } from 'node:http';

export class EventStream {
  private readonly response: ServerResponse;
  private readonly stallMs: number;
  private stall: NodeJS.Timeout | undefined;
  private readonly listeners: (() => void)[] = [];

  constructor(response: ServerResponse, stallMs: number) {
    this.response = response;
    this.stallMs = stallMs;
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', 'x-accel-buffering': 'no' });
    response.flushHeaders();
    response.on('drain', () => {
      clearTimeout(this.stall);
      this.stall = undefined;
      for (const listener of this.listeners) listener();
    });
    response.on('close', () => {
      clearTimeout(this.stall);
      for (const listener of this.listeners) listener();
    });
  }

  /** Whether what is sent now would only wait here. */
  get isFull(): boolean {
    return this.response.writableNeedDrain || this.response.destroyed;
  }

  onRoom(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Resolves when there is room, or nobody any longer to send to. */
  async room(): Promise<void> {
    if (this.response.writableNeedDrain && !this.response.destroyed)
      await new Promise<void>(resolve => this.response.once('drain', resolve).once('close', resolve));
    if (this.response.destroyed) throw new ClientGone();
  }

  send(event: unknown): void {
    this.write(JSON.stringify(event));
  }

  private write(data: string): void {
    if (this.response.destroyed) return;
    if (this.response.write(`data: ${data}\n\n`) || this.stall) return;
    this.stall = setTimeout(() => this.response.destroy(), this.stallMs);
    this.stall.unref();
  }

  finish(): void {
    this.write('[DONE]');
    this.response.end();
  }

  /** Ends a stream whose answer will not be whole: without [DONE]. */
  fail(event: unknown): void {
    this.send(event);
    this.response.end();
  }
}

/** Nobody is there to be answered. */
export class ClientGone extends Error {
  constructor() {
    super('the client is gone');
    this.name = 'ClientGone';
  }
}
