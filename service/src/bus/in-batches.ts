/** A batch that takes longer holds up the next one no more. */
const longestMs = 20;

interface Waiting<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * Carries items together. One that comes alone goes with whatever else comes in its turn of the event loop; those that
 * come while a batch is under way form the next one, `most` at most.
 *
 * @param carry has one result for each item, in their order; when it breaks, it breaks for all of them
 */
export function inBatches<Item, Result>(
  most: number,
  carry: (items: readonly Item[]) => Promise<readonly Result[]>,
): (item: Item) => Promise<Result> {
  let waiting: Waiting<Item, Result>[] = [];
  let underWay = false;

  const next = (): void => {
    underWay = waiting.length > 0;
    if (underWay) setImmediate(() => void begin());
  };

  async function begin(): Promise<void> {
    const batch = waiting.slice(0, most);
    waiting = waiting.slice(most);
    let held = true;
    const letGo = (): void => {
      if (held) next();
      held = false;
    };
    const limit = setTimeout(letGo, longestMs);
    try {
      const results = await carry(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, place) => resolve(results[place] as Result));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      clearTimeout(limit);
      letGo();
    }
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!underWay) next();
    });
}
