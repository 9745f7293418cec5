import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { limits } from './limits.ts';
import { bodyText, emailAddress, headerText, hostId, instant } from './field-schemas.ts';

const takes = (schema: v.GenericSchema, text: string) => v.safeParse(schema, text).success;

describe('an address is taken', () => {
  it.each([
    'name@example.com',
    'first.last+tag@mail.example.co.uk',
    "o'brien@example.com",
    'x@localhost',
    'jörg@müller.example',
    'user@xn--bcher-kva.example',
    '用户@例子.广告',
    'a-b_c~d!#$%&*/=?^`{|}@example.com',
    `${'a'.repeat(64)}@example.com`,
    'ŝ@1.2.example',
  ])('%s', (address) => {
    expect(takes(emailAddress, address)).toBe(true);
  });
});

describe('an address is refused', () => {
  it.each([
    ['empty', ''],
    ['without @', 'example.com'],
    ['without a local part', '@example.com'],
    ['without a domain', 'name@'],
    ['with two @', 'a@b@example.com'],
    ['with a header after it', 'a@example.com\r\nBcc: victim@example.com'],
    ['with a bare line feed', 'a@example.com\nX: y'],
    ['with a line break before @', 'a\r\n@example.com'],
    ['with a line separator', 'a\u2028@example.com'],
    ['with a second command', 'a@example.com> SIZE=1\r\nRCPT TO:<b@example.com'],
    ['in brackets', '<a@example.com>'],
    ['with a name', 'Ann <a@example.com>'],
    ['two in one', 'a@example.com, b@example.com'],
    ['two with a semicolon', 'a@example.com;b@example.com'],
    ['with a comment', 'a(comment)@example.com'],
    ['with a quoted local part', '"a b"@example.com'],
    ['with a space', 'a b@example.com'],
    ['with a no-break space', 'a\u00a0b@example.com'],
    ['with a backslash', 'a\\b@example.com'],
    ['as an address literal', 'a@[127.0.0.1]'],
    ['with a dot first', '.a@example.com'],
    ['with a dot last', 'a.@example.com'],
    ['with two dots', 'a..b@example.com'],
    ['with a dot after @', 'a@.example.com'],
    ['with a dot at the end', 'a@example.com.'],
    ['with a hyphen at a label’s edge', 'a@-example.com'],
    ['with an underscore in the domain', 'a@exa_mple.com'],
    ['with a local part of 65', `${'a'.repeat(65)}@example.com`],
    ['with a label of 64', `a@${'b'.repeat(64)}.com`],
    ['with half a character', 'a\ud800@example.com'],
    ['with a route', '@relay.example:a@example.com'],
  ])('%s', (_, address) => {
    expect(takes(emailAddress, address)).toBe(false);
  });

  it('longer than the limit, and not one shorter', () => {
    const domain = `${'b'.repeat(50)}.`.repeat(4);
    const address = (length: number) => `a@${domain}${'c'.repeat(length - 2 - domain.length)}`;
    expect(address(limits.addressCharacters)).toHaveLength(limits.addressCharacters);
    expect(takes(emailAddress, address(limits.addressCharacters))).toBe(true);
    expect(takes(emailAddress, address(limits.addressCharacters + 1))).toBe(false);
  });
});

describe('an instant', () => {
  it.each([
    '2026-11-12T14:05:00+01:00',
    '2026-11-12T14:05:00Z',
    '2026-11-12T14:05Z',
    '2026-11-12T14:05:00.123456789-03:30',
    '2028-02-29T00:00:00Z',
    '2026-10-25T02:30:00+02:00',
  ])('is taken: %s', (text) => {
    expect(takes(instant, text)).toBe(true);
  });

  it.each([
    ['without an offset', '2026-11-12T14:05:00'],
    ['that is only a day', '2026-11-12'],
    ['with a zone’s name', '2026-11-12T14:05:00 Europe/Paris'],
    ['with an offset without minutes', '2026-11-12T14:05:00+01'],
    ['with an offset that no place has', '2026-11-12T14:05:00+25:00'],
    ['on 30 February', '2026-02-30T10:00:00Z'],
    ['on 29 February of a common year', '2026-02-29T10:00:00Z'],
    ['on 31 April', '2026-04-31T10:00:00+02:00'],
    ['in month 13', '2026-13-01T10:00:00Z'],
    ['on day 0', '2026-01-00T10:00:00Z'],
    ['at hour 25', '2026-01-01T25:00:00Z'],
    ['at minute 60', '2026-01-01T10:60:00Z'],
    ['in words', 'tomorrow'],
    ['in another order', '12/11/2026 14:05'],
    ['as a number', '1794492300000'],
    ['with a line break', '2026-11-12T14:05:00Z\n'],
  ])('is refused %s', (_, text) => {
    expect(takes(instant, text)).toBe(false);
  });
});

it('counts a header’s characters up to its limit', () => {
  expect(takes(headerText(5), 'abcde')).toBe(true);
  expect(takes(headerText(5), 'abcdef')).toBe(false);
});

it('takes an identifier of the host of 1 to 200 characters, whatever its script', () => {
  expect(['', 'é', '用户 7', 'x'.repeat(200), 'x'.repeat(201)].map((it) => takes(hostId, it))).toEqual([
    false,
    true,
    true,
    true,
    false,
  ]);
});

it('takes line breaks and controls in a body, but neither NUL nor half a character', () => {
  expect(takes(bodyText, 'a\r\n\tb\u0007\u2028')).toBe(true);
  expect(takes(bodyText, 'a\u0000b')).toBe(false);
  expect(takes(bodyText, 'a\udc00b')).toBe(false);
});
