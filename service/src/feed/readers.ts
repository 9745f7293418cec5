import type { CommittedChange } from '../db/changes.ts';
import type { Database } from '../db/database.ts';
import { readScopes, type ScopeOwner } from '../db/read-scopes.ts';
import { Audience } from './audience.ts';
import { FeedReader, readerKey } from './feed-reader.ts';
import type { ReaderStream } from './reader-stream.ts';

/** Whom a stream is opened for, as its token says. */
export interface FeedIdentity extends ScopeOwner {
  portalId: string;
}

/** Everybody who follows changes in this process. */
export class Readers {
  readonly #readers = new Map<string, FeedReader>();
  readonly #audiences = new Map<string, Audience<FeedReader>>();

  [Symbol.iterator](): Iterator<FeedReader> {
    return this.#readers.values();
  }

  *streams(): Iterable<ReaderStream> {
    for (const reader of this.#readers.values()) yield* reader.streams;
  }

  /** The readers for these identities: those who are here already, and new ones, read in one statement for a portal. */
  async read(
    database: Database,
    identities: readonly FeedIdentity[],
  ): Promise<(identity: FeedIdentity) => FeedReader> {
    const found = new Map<string, FeedReader>();
    const missing = new Map<string, FeedIdentity[]>();
    for (const identity of identities) {
      const known = this.#readers.get(readerKey(identity));
      if (known !== undefined) found.set(readerKey(identity), known);
      else missing.set(identity.portalId, [...(missing.get(identity.portalId) ?? []), identity]);
    }
    for (const [portalId, owners] of missing) {
      const scopes = await readScopes(database, portalId, owners);
      for (const [index, { administrator }] of owners.entries()) {
        const scope = scopes[index];
        if (scope === undefined) continue;
        const reader = new FeedReader(scope, administrator);
        found.set(readerKey(reader), reader);
      }
    }
    return (identity) => {
      const reader = found.get(readerKey(identity));
      if (reader === undefined) throw new Error('The scopes query left a reader out.');
      return reader;
    };
  }

  /** It is offered changes from now on. */
  add(reader: FeedReader): void {
    this.#readers.set(readerKey(reader), reader);
    let audience = this.#audiences.get(reader.portalId);
    if (audience === undefined) this.#audiences.set(reader.portalId, (audience = new Audience()));
    audience.put(reader);
  }

  /** What it sees is different now. */
  changed(reader: FeedReader): void {
    if (this.#readers.get(readerKey(reader)) === reader) this.#audiences.get(reader.portalId)?.put(reader);
  }

  /** The portals of all. */
  portalIds(): Iterable<string> {
    return this.#audiences.keys();
  }

  close(stream: ReaderStream): void {
    const { reader } = stream;
    stream.close();
    reader.streams.delete(stream);
    if (reader.streams.size > 0 || this.#readers.get(readerKey(reader)) !== reader) return;
    this.#readers.delete(readerKey(reader));
    const audience = this.#audiences.get(reader.portalId);
    audience?.remove(reader);
    if (audience?.isEmpty === true) this.#audiences.delete(reader.portalId);
  }

  /** Calls `found` for the streams of those who may have to be told of it. */
  forEachConcerned(change: CommittedChange, found: (stream: ReaderStream) => void): void {
    this.#audiences.get(change.portalId)?.forEach(change, ({ streams }) => streams.forEach(found));
  }

  concerns(change: CommittedChange, reader: FeedReader): boolean {
    return this.#audiences.get(reader.portalId)?.concerns(change, reader) ?? false;
  }
}
