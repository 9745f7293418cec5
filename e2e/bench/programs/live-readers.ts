import { Agent, get, type IncomingMessage } from 'node:http';
import type { OutboxChange } from '@portal-outbox/contracts';
import { createParser } from 'eventsource-parser';
import { monotonicMs } from './monotonic-ms.ts';
import { serveParent } from './serve-parent.ts';

/*
 * Many open streams of changes, each of another reader, over connections of their own. Notes when each reader was told
 * what, and everything that a reader was told and may not see.
 */

export interface Opening {
  serviceUrl: string;
  /** One for each reader. */
  tokens: string[];
}

/** Who may see an email from one of its versions on. */
export interface Audience {
  id: string;
  from: number;
  /** Places of readers. */
  readers: number[];
}

export interface Told {
  id: string;
  version: number;
  readers: number[];
  /** How long to wait. */
  seconds: number;
}

export interface Leak {
  reader: number;
  change: string;
  id: string;
  version: number | null;
}

interface Reader {
  response: IncomingMessage | null;
  lastEventId: string | undefined;
  /** Of each email the last version that it was told, and when. */
  rows: Map<string, { version: number; atMs: number }>;
  /** Emails that it was told it may no longer see, and when. */
  hidden: Map<string, number>;
  /** When it was last told to load again. */
  resetMs: number;
  resets: number;
  events: number;
}

export type LiveReadersMethods = typeof methods;

const agent = new Agent({ maxSockets: Infinity });
const readers: Reader[] = [];
const audiences = new Map<string, { from: number; readers: Set<number> }[]>();
const leaks: Leak[] = [];
let opening: Opening = { serviceUrl: '', tokens: [] };
/** Called after whatever is heard. */
const listeners = new Set<() => void>();

const methods = {
  /** Opens a stream for each reader; returns how long it took until all had been greeted. */
  open: async (asked: Opening): Promise<number> => {
    opening = asked;
    for (const _ of asked.tokens) {
      readers.push({
        ...{ response: null, lastEventId: undefined, rows: new Map(), hidden: new Map() },
        ...{ resetMs: -Infinity, resets: 0, events: 0 },
      });
    }
    return await methods.resume(readers.map((_, place) => place));
  },
  /** Closes these readers' streams. */
  drop: (places: number[]): void => {
    for (const place of places) readers[place]?.response?.destroy();
  },
  /** Opens them again from where they were; returns how long it took until all had been greeted. */
  resume: async (places: number[]): Promise<number> => {
    const startedMs = monotonicMs();
    await Promise.all(places.map((place) => connect(place)));
    return monotonicMs() - startedMs;
  },
  /** Stops reading what these are sent, or goes on. */
  setSlow: ({ places, slow }: { places: number[]; slow: boolean }): void => {
    for (const place of places) {
      const { response } = readers[place] ?? {};
      if (slow) response?.socket.pause();
      else response?.socket.resume();
    }
  },
  setAudiences: (all: Audience[]): void => {
    for (const { id, from, readers: places } of all) {
      const known = audiences.get(id) ?? [];
      known.push({ from, readers: new Set(places) });
      audiences.set(id, known);
    }
  },
  /** When the last of these readers was told of this version or a later one; `null`: not in time. */
  untilTold: ({ id, version, readers: places, seconds }: Told): Promise<number | null> =>
    until(seconds, () => {
      const times = places.map((place) => readers[place]?.rows.get(id));
      if (!times.every((it) => it !== undefined && it.version >= version)) return null;
      return Math.max(...times.map((it) => it?.atMs ?? Infinity));
    }),
  /** When all these readers were told the last version of each email, or were told to load again after `sinceMs`. */
  untilCaughtUp: ({
    versions,
    places,
    sinceMs,
    seconds,
  }: {
    versions: [id: string, version: number][];
    places: number[];
    sinceMs: number;
    seconds: number;
  }): Promise<number | null> =>
    until(seconds, () => {
      let lastMs = 0;
      for (const place of places) {
        const reader = readers[place]!;
        if (reader.resetMs > sinceMs) {
          lastMs = Math.max(lastMs, reader.resetMs);
          continue;
        }
        for (const [id, version] of versions) {
          const row = reader.rows.get(id);
          if (row === undefined || row.version < version) return null;
          lastMs = Math.max(lastMs, row.atMs);
        }
      }
      return lastMs;
    }),
  /** When this reader was told that these emails are out of its sight; `null`: not in time. */
  untilHidden: ({ place, ids, seconds }: { place: number; ids: string[]; seconds: number }) =>
    until(seconds, () => {
      const times = ids.map((id) => readers[place]?.hidden.get(id));
      return times.every((it) => it !== undefined) ? Math.max(...times) : null;
    }),
  /** When this reader was told to load again, after `sinceMs`. */
  untilReset: ({ place, sinceMs, seconds }: { place: number; sinceMs: number; seconds: number }) =>
    until(seconds, () => {
      const atMs = readers[place]?.resetMs ?? -Infinity;
      return atMs > sinceMs ? atMs : null;
    }),
  /** Which of these emails a reader has not been told of up to its version. */
  missing: ({ places, versions }: { places: number[]; versions: [id: string, version: number][] }) =>
    places.flatMap((place) =>
      versions.flatMap(([id, version]) =>
        (readers[place]?.rows.get(id)?.version ?? 0) >= version ? [] : [{ place, id }],
      ),
    ),
  summary: () => ({
    leaks: leaks.length,
    examples: leaks.slice(0, 5),
    events: readers.reduce((sum, it) => sum + it.events, 0),
    resets: readers.reduce((sum, it) => sum + it.resets, 0),
  }),
};

serveParent(methods);

async function connect(place: number): Promise<void> {
  const reader = readers[place]!;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${opening.tokens[place]}`,
      accept: 'text/event-stream',
      ...(reader.lastEventId !== undefined && { 'last-event-id': reader.lastEventId }),
    };
    get(new URL('/v1/changes', opening.serviceUrl), { agent, headers }, resolve).on('error', reject);
  });
  if (response.statusCode !== 200) throw new Error(`Reader ${place}: ${response.statusCode}`);
  reader.response = response;
  await new Promise<void>((greeted) => {
    let atMs = 0;
    const parser = createParser({
      onEvent: ({ id, data }) => {
        reader.lastEventId = id ?? reader.lastEventId;
        reader.events += 1;
        const change = JSON.parse(data) as OutboxChange;
        if (change.type === 'hello') greeted();
        note(place, reader, change, atMs);
      },
    });
    response.setEncoding('utf8');
    response.on('data', (text: string) => {
      atMs = monotonicMs();
      parser.feed(text);
      for (const listener of listeners) listener();
    });
    response.on('error', () => undefined);
  });
}

function note(place: number, reader: Reader, change: OutboxChange, atMs: number): void {
  if (change.type === 'row') {
    const { id, version } = change.email;
    if (!audienceOf(id, version).has(place)) leaks.push({ reader: place, change: 'row', id, version });
    // An older copy never replaces a newer one.
    if ((reader.rows.get(id)?.version ?? 0) < version) reader.rows.set(id, { version, atMs });
    reader.hidden.delete(id);
  } else if (change.type === 'gone') {
    const everSaw = audiences.get(change.id)?.some((it) => it.readers.has(place)) ?? false;
    if (!everSaw) leaks.push({ reader: place, change: 'gone', id: change.id, version: null });
    if (change.why === 'hidden') reader.hidden.set(change.id, atMs);
  } else if (change.type === 'reset') {
    reader.resetMs = atMs;
    reader.resets += 1;
  }
}

const nobody: ReadonlySet<number> = new Set();

function audienceOf(id: string, version: number): ReadonlySet<number> {
  return audiences.get(id)?.findLast(({ from }) => from <= version)?.readers ?? nobody;
}

/** Looks again whenever something was heard. */
async function until(seconds: number, look: () => number | null): Promise<number | null> {
  const endMs = monotonicMs() + seconds * 1000;
  for (;;) {
    const found = look();
    if (found !== null) return found;
    const leftMs = endMs - monotonicMs();
    if (leftMs <= 0) return null;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(listen, Math.min(leftMs, 1000));
      listeners.add(listen);
      function listen(): void {
        clearTimeout(timer);
        listeners.delete(listen);
        resolve();
      }
    });
    // What came in the same turn of the event loop is looked at together.
    await new Promise((resolve) => setImmediate(resolve));
  }
}
