import * as v from 'valibot';
import { limits } from './limits.ts';

/** C0 and C1 controls, DEL and the two Unicode line separators: none may reach a header or an envelope. */
// oxlint-disable-next-line no-control-regex -- naming control characters is this pattern's purpose
const controlCharacters = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** One line of text for a header: no control characters, at most `max` characters. */
export const headerText = (max: number) =>
  v.pipe(
    v.string(),
    v.maxLength(max, `Use at most ${max} characters.`),
    v.check((text) => !controlCharacters.test(text), 'Remove control characters such as line breaks.'),
    v.check((text) => text.isWellFormed(), 'Send well-formed Unicode.'),
  );

/** The host's own identifier of a user, team or packet: any printable text of 1 to 200 characters. */
export const hostId = v.pipe(headerText(200), v.minLength(1, 'Must not be empty.'));

/** Body text: any characters but NUL, which PostgreSQL cannot keep. */
export const bodyText = v.pipe(
  v.string(),
  v.maxLength(limits.bodyCharacters, `Use at most ${limits.bodyCharacters} characters.`),
  v.check((text) => !text.includes('\u0000'), 'Remove NUL characters.'),
  v.check((text) => text.isWellFormed(), 'Send well-formed Unicode.'),
);

/**
 * An address as SMTP takes it (RFC 5321 4.1.2, RFC 6531 for other alphabets): local@domain, no comments,
 * no quoted local part, no address literal, no white space.
 */
export const emailAddress = v.pipe(
  headerText(limits.addressCharacters),
  v.regex(
    /^[^\s"(),:;<>@[\\\]]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)*[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?$/u,
    'Give one address such as name@example.com.',
  ),
  v.check((address) => !/^\.|\.\.|\.@/.test(address), 'Give one address such as name@example.com.'),
);

/** A name and an address, as in `Name <local@domain>`. */
export const mailbox = v.strictObject({
  name: v.optional(headerText(limits.nameCharacters), ''),
  address: emailAddress,
});
export type Mailbox = v.InferOutput<typeof mailbox>;

export const uuid = v.pipe(v.string(), v.uuid('Give a UUID.'));

/** A whole number from 0, as it comes over the bus. */
export const countingNumber = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(0),
  v.maxValue(limits.countingNumber),
);

/** An instant with its offset (RFC 3339). A date without an offset is refused, never guessed. */
export const instant = v.pipe(
  v.string(),
  v.regex(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/,
    'Give date, time and offset, such as 2026-11-12T14:05:00+01:00.',
  ),
  v.check((text) => isRealDate(text), 'This date does not exist.'),
);

/** `Date` turns 30 February into 2 March; comparing the day refuses it instead. */
function isRealDate(text: string): boolean {
  const midnight = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  return (
    !Number.isNaN(Date.parse(text)) &&
    !Number.isNaN(midnight.getTime()) &&
    midnight.toISOString().slice(0, 10) === text.slice(0, 10)
  );
}
