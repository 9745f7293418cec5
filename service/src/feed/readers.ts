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
  async read(database: Database, identities: readonly FeedIdentity[]): Promise<FeedReader[]> {
    const found = new Map<string, FeedReader>();
    const missing = new Map<string, Map<string, FeedIdentity>>();
    for (const identity of identities) {
      const key = readerKey(identity);
      const known = this.#readers.get(key);
      if (known !== undefined) found.set(key, known);
      else {
        const ofPortal = missing.get(identity.portalId) ?? new Map<string, FeedIdentity>();
        missing.set(identity.portalId, ofPortal.set(key, identity));
      }
    }
    for (const [portalId, owners] of missing) {
      const keys = [...owners.keys()];
      const scopes = await readScopes(database, portalId, [...owners.values()]);
      for (const [index, scope] of scopes.entries()) {
        const key = keys[index]!;
        found.set(key, new FeedReader(scope, owners.get(key)!.administrator));
      }
    }
    return identities.map((identity) => found.get(readerKey(identity))!);
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
    this.#audiences.get(reader.portalId)?.put(reader);
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
