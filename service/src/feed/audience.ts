import type { CommittedChange } from '../db/changes.ts';
import type { ReadScope } from '../outbox/visibility.ts';

/** Who follows a portal with a scope of its own. */
export interface ScopedReader {
  readonly userId: string;
  /** What it sees, and what it saw until a moment ago. */
  readonly scopes: readonly ReadScope[];
  /** The look-up that named it last. */
  namedIn: number;
}

/**
 * The readers of one portal by what their scopes open, so that a change is offered only to those who may see it: what
 * a thousand readers would have to be asked one by one is looked up. It names too many at times, never too few: whoever
 * is named is still judged by `sees`.
 */
export class Audience<Reader extends ScopedReader> {
  readonly #readers = new Map<Reader, Set<string>>();
  /** By author, packet, team key and the like. */
  readonly #byPart = new Map<string, Set<Reader>>();
  #lookUps = 0;

  get isEmpty(): boolean {
    return this.#readers.size === 0;
  }

  /** Also again, when the reader's scopes have changed. */
  put(reader: Reader): void {
    this.remove(reader);
    const parts = new Set([`bulk ${reader.userId}`, ...reader.scopes.flatMap(partsOf)]);
    this.#readers.set(reader, parts);
    for (const part of parts) {
      const readers = this.#byPart.get(part);
      if (readers === undefined) this.#byPart.set(part, new Set([reader]));
      else readers.add(reader);
    }
  }

  remove(reader: Reader): void {
    for (const part of this.#readers.get(reader) ?? []) {
      const readers = this.#byPart.get(part);
      readers?.delete(reader);
      if (readers?.size === 0) this.#byPart.delete(part);
    }
    this.#readers.delete(reader);
  }

  /** Calls `found` for everybody who may have to be told of the change, once each. */
  forEach(change: CommittedChange, found: (reader: Reader) => void): void {
    const parts = partsTouched(change);
    if (parts === null) return this.#readers.forEach((_, reader) => found(reader));
    this.#lookUps += 1;
    for (const part of parts) {
      this.#byPart.get(part)?.forEach((reader) => {
        // In several of the parts: no set of readers is made for each change.
        if (reader.namedIn === this.#lookUps) return;
        reader.namedIn = this.#lookUps;
        found(reader);
      });
    }
  }

  /** Whether `forEach` finds this reader. */
  concerns(change: CommittedChange, reader: Reader): boolean {
    const parts = this.#readers.get(reader);
    const touched = partsTouched(change);
    return parts !== undefined && (touched === null || touched.some((part) => parts.has(part)));
  }
}

function partsOf(scope: ReadScope): string[] {
  return [
    ...[scope.userId, ...scope.readUserIds].map((id) => `author ${id}`),
    ...[...scope.workedPacketRefs, ...scope.readPacketRefs].map((ref) => `packet ${ref}`),
    ...[...scope.teamKeys, ...scope.readTeamKeys].map((key) => `team ${key}`),
    ...(scope.everything ? ['everything'] : []),
    ...(scope.systemMail ? ['system mail'] : []),
  ];
}

/** `null`: all of the portal. */
function partsTouched(change: CommittedChange): string[] | null {
  if (change.bulkId !== null) return [`bulk ${change.userId}`];
  const teams = [...change.teamKeys, ...(change.teamKeysBefore ?? [])].map((key) => `team ${key}`);
  if (change.connectorId !== null || (change.emailId === null && teams.length === 0)) return null;
  if (change.emailId === null) return teams;
  return [
    ...teams,
    'everything',
    ...(change.authorId === null ? [] : [`author ${change.authorId}`]),
    ...(change.packetRef === null ? [] : [`packet ${change.packetRef}`]),
    ...(change.authorId === null && change.packetRef === null ? ['system mail'] : []),
  ];
}
