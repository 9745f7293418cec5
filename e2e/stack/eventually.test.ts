import { expect, it } from 'vitest';
import { eventually } from './eventually.ts';

it('gives what the probe finds at last', async () => {
  let asked = 0;
  expect(await eventually('the third', () => ((asked += 1) === 3 ? 'third' : null))).toBe('third');
});

it('says what it waited for, and why the last look failed', async () => {
  const probe = () => Promise.reject(new Error('no answer'));
  await expect(eventually('an answer', probe, 0.1)).rejects.toThrow(
    'Waited 0.1 s in vain for an answer (no answer)',
  );
});
