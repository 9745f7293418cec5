/** What a program of the bench answers its parent: one method a request, its argument and result plain data. */
export type Methods = Record<string, (argument: never) => unknown>;

export interface Request {
  id: number;
  method: string;
  argument: unknown;
}

export type Answer = { id: number; result: unknown } | { id: number; error: string };

/** Answers the parent's requests until it hangs up, then ends this process. */
export function serveParent(methods: Methods): void {
  process.on('message', (request: Request) => void answer(methods, request));
  process.on('disconnect', () => process.exit(0));
  tellParent({ id: 0, result: 'ready' });
}

async function answer(methods: Methods, { id, method, argument }: Request): Promise<void> {
  try {
    const result: unknown = await methods[method]?.(argument as never);
    tellParent({ id, result });
  } catch (error) {
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
    tellParent({ id, error: words });
  }
}

/** A parent that has gone is noticed by `disconnect`. */
function tellParent(answer: Answer): void {
  process.send?.(answer, undefined, undefined, () => undefined);
}
