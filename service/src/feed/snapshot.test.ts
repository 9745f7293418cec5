import { expect, it } from 'vitest';
import { seededRandom, type SeededRandom } from '../../test/seeded-random.ts';
import { everythingBelow, includes, readSnapshot, shows } from './snapshot.ts';

const transactions = Array.from({ length: 12 }, (_, xid) => xid);

function randomSnapshot(random: SeededRandom) {
  const xmax = random.below(12);
  const running = transactions.filter((xid) => xid < xmax && random.next() < 0.3);
  return readSnapshot(`${running[0] ?? xmax}:${xmax}:${running.join(',')}`)!;
}

it('shows what had ended', () => {
  const snapshot = readSnapshot('4:9:4,7')!;
  expect(transactions.filter((xid) => shows(snapshot, xid))).toEqual([0, 1, 2, 3, 5, 6, 8]);
  expect(transactions.filter((xid) => shows(everythingBelow(3), xid))).toEqual([0, 1, 2]);
});

it('never says that a snapshot includes one which shows something that it does not', () => {
  const random = seededRandom(1);
  let included = 0;
  for (let times = 0; times < 5000; times += 1) {
    const [later, earlier] = [randomSnapshot(random), randomSnapshot(random)];
    const isMissing = transactions.some((xid) => shows(earlier, xid) && !shows(later, xid));
    if (!includes(later, earlier)) continue;
    included += 1;
    expect({ later, earlier, isMissing }).toMatchObject({ isMissing: false });
  }
  expect(included).toBeGreaterThan(500);
});

it('says that a snapshot includes itself and those before it', () => {
  const [first, second, third] = ['5:8:5,7', '7:9:7', '9:9:'].map((text) => readSnapshot(text)!);
  expect([includes(first!, first!), includes(second!, first!), includes(third!, first!)]).toEqual([
    true,
    true,
    true,
  ]);
  expect([includes(first!, second!), includes(first!, third!)]).toEqual([false, false]);
});
