import { Connection, type ConnectionOptions } from './connection.ts';

let pageConnection: Connection | null = null;
const watchers = new Set<() => void>();

/**
 * Connects every element of the page that has no connection of its own. Called again with the same options it
 * changes nothing, or begins a new session where one had ended; another `getToken` is another user: all rows of
 * the former one leave memory and screen.
 */
export function connect(options: ConnectionOptions): void {
  if (pageConnection && isSame(pageConnection.options, options)) {
    pageConnection.revive();
    return;
  }
  pageConnection?.close();
  pageConnection = new Connection(options);
  tell();
}

/** The user has signed out: clears every row from memory and screen. */
export function disconnect(): void {
  pageConnection?.close();
  pageConnection = null;
  tell();
}

export function currentConnection(): Connection | null {
  return pageConnection;
}

/** Calls back after `connect` and `disconnect`; returns how to stop that. */
export function watchConnection(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export function isSame(one: ConnectionOptions, other: ConnectionOptions): boolean {
  return one.serviceUrl === other.serviceUrl && one.getToken === other.getToken;
}

function tell(): void {
  for (const watcher of [...watchers]) watcher();
}
