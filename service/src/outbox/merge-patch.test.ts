import { expect, it } from 'vitest';
import { mergePatch, type JsonObject } from './merge-patch.ts';

/** The examples of RFC 7396, appendix A, whose documents are objects. */
const examples: [target: JsonObject, patch: JsonObject, result: JsonObject][] = [
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
];

it.each(examples)('%j with %j becomes %j', (target, patch, result) => {
  const before = structuredClone({ target, patch });
  expect(mergePatch(target, patch)).toEqual(result);
  expect({ target, patch }).toEqual(before);
});

it('keeps fields whose names mean something to JavaScript as plain fields', () => {
  const patch = JSON.parse('{"__proto__":{"polluted":true},"constructor":1}') as JsonObject;
  const merged = mergePatch({}, patch);
  expect(JSON.stringify(merged)).toBe('{"__proto__":{"polluted":true},"constructor":1}');
  expect(({} as JsonObject)['polluted']).toBeUndefined();
});
