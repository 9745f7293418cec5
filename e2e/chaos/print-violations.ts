import { idOf } from './email-story.ts';
import type { Evidence, Violation } from './evidence.ts';

/** Emails told in full. */
const mostTold = 10;

/** Tells of each email that something was wrong with all that is known about it. */
export function printViolations(
  violations: readonly Violation[],
  evidence: Evidence,
  say: (text: string) => void,
): void {
  for (const { measure, email, what } of violations.slice(0, 100)) {
    const story = evidence.stories.find(({ plan }) => plan.number === email);
    say(`${measure}: ${story === undefined ? '' : `email ${email} (${idOf(story)}): `}${what}`);
  }
  const numbers = [...new Set(violations.map(({ email }) => email))].filter((it) => it !== null);
  for (const number of numbers.slice(0, mostTold)) tellEmail(number, evidence, say);
}

function tellEmail(number: number, evidence: Evidence, say: (text: string) => void): void {
  const story = evidence.stories.find(({ plan }) => plan.number === number);
  if (story === undefined) return;
  const id = idOf(story) ?? '';
  const { attempts = [], ...stored } = evidence.stored.get(id) ?? {};
  const { plan, ids, notBefore, cancels, cancelLingers, retries } = story;
  say(`\nemail ${number}, ${[...ids].join(' ')}`);
  const { text: _, html: __, ...short } = plan;
  const lines = [
    ['plan', short],
    ['asked', { accepted: story.acceptedAt, notBefore, cancels, cancelLingers, retries }],
    ['stored', stored],
    ...attempts.map((attempt) => ['attempt', attempt] as const),
    ...evidence.record.of(number).map((transaction) => ['mail server', transaction] as const),
  ] as const;
  for (const [name, value] of lines) say(`  ${name} ${JSON.stringify(value, readableTimes)}`);
  for (const line of evidence.log.of(id)) say(`  log ${line}`);
}

/** Milliseconds since 1970 as a time of day. */
function readableTimes(_name: string, value: unknown): unknown {
  return typeof value === 'number' && value > 1e12 ? new Date(value).toISOString().slice(11) : value;
}
