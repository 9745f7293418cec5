import { randomBytes, randomUUID } from 'node:crypto';
import { connect, JSONCodec, type NatsConnection } from 'nats';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mostClaims, subjects, type ClaimReply, type SendAttempt } from '@portal-outbox/contracts';
import { freshBroker } from '../../e2e/stack/fresh-test-parts.ts';
import { answerClaims } from '../src/bus/service-bus.ts';
import { openWorkerBus } from '../src/bus/worker-bus.ts';
import { CapabilityTokens } from '../src/runtime/capability-token.ts';
import { ClaimDesk } from '../src/settle/claim-desk.ts';
import { ClaimedMessages } from '../src/settle/claimed-messages.ts';
import { claimOf, givenOutbox, leases, many, silent, type EmailChanges } from './outbox-fixture.ts';

const given = givenOutbox();
const json = JSONCodec();
let bus: NatsConnection;
/** How many claims each message asked for. */
const asked: number[] = [];

beforeAll(async () => {
  bus = await connect({ servers: await freshBroker() });
  const tokens = new CapabilityTokens(randomBytes(32));
  const messages = new ClaimedMessages(given.database, tokens, 'http://api.example');
  const claims = new ClaimDesk(given.database, messages, leases, silent);
  answerClaims(bus, silent, (claim) => claims.ask(claim));
  bus.subscribe(subjects.allClaims, {
    callback: (_, message) => {
      const question: unknown = json.decode(message.data);
      asked.push(Array.isArray(question) ? question.length : 1);
    },
  });
});
afterAll(() => bus.close());

async function dispatched(count: number, changes: EmailChanges = {}): Promise<[string, SendAttempt[]]> {
  const connectorId = await given.connector();
  await given.submitMany(connectorId, many(count, changes));
  return [connectorId, await given.dispatch(connectorId)];
}

function requestOf(attempt: SendAttempt) {
  const { connectorId: _, ...request } = claimOf(attempt);
  return request;
}

it('answers each of several claims in one message for itself, in their order', async () => {
  const [connectorId, attempts] = await dispatched(2);
  const [first, second] = attempts.map(requestOf);
  const questions = [first, { ...first, claimToken: randomUUID() }, second];
  const reply = await bus.request(subjects.claims(connectorId), json.encode(questions), { timeout: 5000 });
  expect(json.decode(reply.data)).toMatchObject([
    { granted: true },
    { granted: false, reason: 'claimed' },
    { granted: true },
  ] satisfies Partial<ClaimReply>[]);
});

it('grants all that are asked for together, also where their content is too much for one answer', async () => {
  const [connectorId, attempts] = await dispatched(20, { text: 'é'.repeat(50_000) });
  const worker = openWorkerBus(bus, silent);
  asked.length = 0;
  const replies = await Promise.all(attempts.map((it) => worker.askForClaim(connectorId, requestOf(it))));
  expect(replies.map((reply) => reply?.granted && reply.message.text?.size)).toEqual(
    attempts.map(() => 100_000),
  );
  expect(asked[0]).toBe(20);
  // Those that did not fit were asked for once more, each alone.
  expect(new Set(asked.slice(1))).toEqual(new Set([1]));
});

it('asks for no more in one message than is allowed', async () => {
  const [connectorId, attempts] = await dispatched(mostClaims + 10);
  const worker = openWorkerBus(bus, silent);
  asked.length = 0;
  const replies = await Promise.all(attempts.map((it) => worker.askForClaim(connectorId, requestOf(it))));
  expect(replies.filter((reply) => reply?.granted)).toHaveLength(mostClaims + 10);
  expect(asked).toEqual([mostClaims, 10]);
});
