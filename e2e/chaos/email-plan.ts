import { createHash } from 'node:crypto';
import type { SeededRandom } from './seeded-random.ts';

/** How the mail server treats a recipient; the first word of the address. */
export const treatments = {
  /** Takes it. */
  to: {},
  /** Defers it at its first RCPT. */
  greylist: { rcptOnce: '451 4.7.1 Greylisted, please try again' },
  /** Defers it for ever. */
  full: { rcpt: '452 4.2.2 Mailbox full' },
  /** Refuses it for good. */
  unknown: { rcpt: '550 5.1.1 No such user here' },
  /** Defers the message after the final dot, once. */
  later: { dataOnce: '451 4.3.0 Try again' },
  /** Refuses the message after the final dot, for good. */
  content: { data: '554 5.6.0 Message content refused' },
} as const satisfies Record<string, Treatment>;

export interface Treatment {
  rcpt?: string;
  rcptOnce?: string;
  data?: string;
  dataOnce?: string;
}

export interface PlannedFile {
  bytes: Buffer;
  sha256: string;
}

export interface PlannedEmail {
  number: number;
  /** Places in the lists of connectors and files. */
  connector: number;
  files: number[];
  to: string[];
  cc: string[];
  bcc: string[];
  text: string;
  html: string | null;
  /** Comes by import, as an email that an older system could not send. */
  imported: boolean;
  /** Due so long after it is submitted; `null`: at once. */
  delayMs: number | null;
  importance: 'high' | 'normal' | 'low';
  /** Without an author, as the system's own mail is. */
  system: boolean;
}

/** Small ones come with the claim, those above 256 kB from a signed URL. */
export function planFiles(random: SeededRandom): PlannedFile[] {
  const sizes = [0, 1, 900, 7000, 30_000, 80_000, 300_000, 700_000, 1_500_000];
  return sizes.map((size) => {
    const bytes = Buffer.alloc(size);
    for (let at = 0; at + 4 <= size; at += 4) bytes.writeUInt32LE(random.integer(0, 4_294_967_295), at);
    return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
  });
}

export function planEmails(
  count: number,
  connectors: number,
  files: number,
  random: SeededRandom,
): PlannedEmail[] {
  return Array.from({ length: count }, (_, index) => planEmail(index + 1, connectors, files, random));
}

function planEmail(number: number, connectors: number, files: number, random: SeededRandom): PlannedEmail {
  const imported = random.chance(0.03);
  const several = random.chance(0.2);
  const address = (place: number) => `${treatment(random, several)}.e${number}.${place}@example.test`;
  const addresses = Array.from({ length: several ? random.integer(2, 6) : 1 }, (_, place) => address(place));
  const [first = '', ...others] = addresses;
  const ccs = random.integer(0, others.length);
  const html = random.chance(0.3) ? `<p>Message <b>${number}</b></p>` : null;
  return {
    number,
    connector: random.integer(0, connectors - 1),
    files: random.chance(0.25) ? Array.from({ length: random.integer(1, 2) }, () => file(files, random)) : [],
    to: [first],
    cc: others.slice(0, ccs),
    bcc: others.slice(ccs),
    text: `Message ${number}\n.\n..two dots, ünïcode ✓ and ${'a long line '.repeat(random.integer(0, 30))}end\n`,
    html,
    imported,
    delayMs: !imported && random.chance(0.15) ? random.integer(2000, 20_000) : null,
    importance: random.pick(['high', 'normal', 'normal', 'low'] as const),
    system: random.chance(0.2),
  };
}

function treatment(random: SeededRandom, several: boolean): keyof typeof treatments {
  const draw = random.next();
  if (draw < 0.06) return 'greylist';
  if (draw < 0.08) return 'full';
  if (draw < 0.11) return 'unknown';
  // They speak of the whole message, so only where it has one recipient is it plain what must happen.
  if (!several && draw < 0.15) return 'later';
  if (!several && draw < 0.16) return 'content';
  return 'to';
}

/** Mostly small ones. */
function file(files: number, random: SeededRandom): number {
  return random.chance(0.75) ? random.integer(0, files - 4) : random.integer(files - 3, files - 1);
}

/** Of an address of ours; `null` for others. */
export function readAddress(address: string): { treatment: keyof typeof treatments; number: number } | null {
  const match = /^(\w+)\.e(\d+)\.\d+@/.exec(address);
  const name = match?.[1] ?? '';
  return match && name in treatments
    ? { treatment: name as keyof typeof treatments, number: Number(match[2]) }
    : null;
}
