// Work on many things at a time, results in the order of the things: a window that slides. Nothing is taken from the source while the window is full,
// so a slow head of the line holds the memory down instead of letting results pile up behind it; and a result whose turn it is goes out at once, also while
// the source is silent (a caller may wait for an answer before it asks the next thing).

/** At most `width` are worked on or waiting for one before them. The first failure ends it, after the others under way have ended. */
export async function* inOrder<T, R>(source: AsyncIterable<T>, width: number, work: (item: T) => Promise<R>): AsyncGenerator<R> {
  const items = source[Symbol.asyncIterator]();
  const window: Promise<R>[] = [];
  let coming: Promise<IteratorResult<T, unknown>> | null = items.next();
  try {
    while (coming !== null || window.length > 0) {
      if (coming !== null && window.length < width && (await isItemFirst(coming, window[0]))) {
        const item: IteratorResult<T, unknown> = await coming;
        coming = item.done ? null : items.next();
        if (!item.done) window.push(quietly(work(item.value)));
      } else yield await window.shift()!;
    }
  } finally {
    if (coming !== null) void quietly(coming);
    await Promise.allSettled(window);
  }
}

/** Whether the source has something before the head of the window is done. A failure of either counts as done: it is thrown where it is awaited. */
function isItemFirst(coming: Promise<unknown>, head: Promise<unknown> | undefined): Promise<boolean> {
  const settled = (promise: Promise<unknown>, is: boolean) =>
    promise.then(
      () => is,
      () => is,
    );
  return head === undefined ? settled(coming, true) : Promise.race([settled(head, false), settled(coming, true)]);
}

/** A failure is handled when its turn comes; until then it must not count as unhandled. */
function quietly<R>(promise: Promise<R>): Promise<R> {
  promise.catch(() => null);
  return promise;
}
