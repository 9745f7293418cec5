import type { ScopeOwner } from '../db/read-scopes.ts';
import type { ReadScope } from '../outbox/visibility.ts';
import type { ScopedReader } from './audience.ts';
import { readerSight, type ReaderSight } from './email-event.ts';
import { scopeMark } from './event-id.ts';
import type { ReaderStream } from './reader-stream.ts';

/** One user who follows changes, on however many pages. */
export class FeedReader implements ScopedReader, ScopeOwner {
  readonly portalId: string;
  readonly userId: string;
  readonly administrator: boolean;
  readonly streams = new Set<ReaderStream>();
  /** What it saw until a moment ago: changes of that moment may still be on their way. */
  former: ReaderSight[] = [];
  namedIn = 0;
  #sight: ReaderSight;
  #mark: string;

  constructor(scope: ReadScope, administrator: boolean) {
    this.portalId = scope.portalId;
    this.userId = scope.userId;
    this.administrator = administrator;
    this.#sight = readerSight(scope);
    this.#mark = scopeMark(scope);
  }

  get sight(): ReaderSight {
    return this.#sight;
  }

  /** The same for all scopes that open the same. */
  get mark(): string {
    return this.#mark;
  }

  get scopes(): ReadScope[] {
    return [this.#sight, ...this.former].map(({ scope }) => scope);
  }

  /** Whether this scope opens something else than the present one. */
  differs(scope: ReadScope): boolean {
    return scopeMark(scope) !== this.#mark;
  }

  changeScope(scope: ReadScope): void {
    this.former.push(this.#sight);
    this.#sight = readerSight(scope);
    this.#mark = scopeMark(scope);
  }
}

/** Readers with the same key have the same scope. */
export function readerKey({ portalId, userId, administrator }: ScopeOwner & { portalId: string }): string {
  return `${portalId} ${administrator ? 'administrator' : 'user'} ${userId}`;
}
