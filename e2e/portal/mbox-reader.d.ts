/** The package comes without types; this is what we use of it. */
declare module 'mbox-reader' {
  import type { Readable } from 'node:stream';
  export function mboxReader(source: Readable): AsyncGenerator<{ content: Buffer }>;
}
