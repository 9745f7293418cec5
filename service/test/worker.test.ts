// Longer than 300 lines: what one process does with messages, on one broker and one mail server.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { connect, JSONCodec, type NatsConnection } from 'nats';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  attemptConsumer,
  streams,
  subjects,
  type AttemptOutcome,
  type ClaimReply,
  type ClaimRequest,
  type ConnectorSettings,
  type CredentialsReply,
  type SendAttempt,
  type WorkerHeartbeat,
} from '@portal-outbox/contracts';
import { startNats, type RunningNats } from '../../e2e/stack/nats-server.ts';
import { temporaryFolder, type TemporaryFolder } from '../../e2e/stack/temporary-folder.ts';
import { ensureTopology } from '../src/bus/topology.ts';
import { openWorkerBus } from '../src/bus/worker-bus.ts';
import { ConnectorWorker } from '../src/deliver/connector-worker.ts';
import { granted, sendAttempt, settingsFor } from '../src/deliver/testing/delivery-fixture.ts';
import { ScriptedSmtpServer, type Script } from '../src/deliver/testing/scripted-smtp-server.ts';

const json = JSONCodec();
const patient = { timeout: 10_000, interval: 20 };
let folder: TemporaryFolder;
let nats: RunningNats;
beforeAll(async () => {
  folder = await temporaryFolder();
  nats = await startNats({ folder: folder.path });
});
afterAll(async () => {
  await nats.stop();
  await folder.remove();
});

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** The service's side of the bus, in the test's hands. */
class ServiceStandIn {
  readonly connection: NatsConnection;
  readonly connectorId = randomUUID();
  readonly claims: ClaimRequest[] = [];
  readonly outcomes: AttemptOutcome[] = [];
  readonly heartbeats: WorkerHeartbeat[] = [];
  claim: (request: ClaimRequest) => ClaimReply | null = () => granted();
  credentials: CredentialsReply = { kind: 'none' };
  credentialsAsked = 0;
  settles = true;

  constructor(connection: NatsConnection) {
    this.connection = connection;
    const { connectorId } = this;
    connection.subscribe(subjects.claims(connectorId), {
      callback: (_error, message) => {
        const question = json.decode(message.data) as ClaimRequest | ClaimRequest[];
        const requests = [question].flat();
        this.claims.push(...requests);
        const replies = requests.map((request) => this.claim(request));
        if (!replies.includes(null))
          message.respond(json.encode(Array.isArray(question) ? replies : replies[0]));
      },
    });
    connection.subscribe(subjects.credentials(connectorId), {
      callback: (_error, message) => {
        this.credentialsAsked += 1;
        message.respond(json.encode(this.credentials));
      },
    });
    connection.subscribe(subjects.outcomes(connectorId), {
      callback: (_error, message) => {
        for (const outcome of [json.decode(message.data) as AttemptOutcome | AttemptOutcome[]].flat()) {
          this.outcomes.push(outcome);
          if (this.settles) this.settle(outcome);
        }
      },
    });
    connection.subscribe(subjects.heartbeat(connectorId, '*'), {
      callback: (_error, message) => this.heartbeats.push(json.decode(message.data) as WorkerHeartbeat),
    });
  }

  settle({ workerId, attemptId }: AttemptOutcome): void {
    this.connection.publish(subjects.settled(workerId), json.encode({ attemptIds: [attemptId] }));
  }

  async offer(settings: ConnectorSettings): Promise<void> {
    await ensureTopology(this.connection, [{ ...settings, connectorId: this.connectorId }]);
  }

  async publish(changes: Partial<SendAttempt> = {}): Promise<SendAttempt> {
    const attempt = sendAttempt({ connectorId: this.connectorId, emailId: randomUUID(), ...changes });
    await this.connection
      .jetstream()
      .publish(subjects.attempts(this.connectorId), json.encode(attempt), { timeout: 500 });
    return attempt;
  }

  async waiting(): Promise<{ unread: number; unacknowledged: number }> {
    const manager = await this.connection.jetstreamManager();
    const info = await manager.consumers.info(streams.attempts, attemptConsumer(this.connectorId));
    return { unread: info.num_pending, unacknowledged: info.num_ack_pending };
  }
}

let service: ServiceStandIn;
beforeEach(async () => {
  const port = Number(new URL(nats.url).port);
  service = new ServiceStandIn(await connect({ port, maxReconnectAttempts: -1, reconnectTimeWait: 100 }));
  cleanups.push(() => service.connection.close());
});

async function startServer(script: Script = {}): Promise<ScriptedSmtpServer> {
  const server = await new ScriptedSmtpServer(script).start();
  cleanups.push(() => server.stop());
  return server;
}

async function startWorker(): Promise<ConnectorWorker> {
  const port = Number(new URL(nats.url).port);
  const logger = pino({ level: 'silent' });
  const worker = new ConnectorWorker({
    openBus: async () =>
      openWorkerBus(await connect({ port, maxReconnectAttempts: -1, reconnectTimeWait: 100 }), logger),
    connectorIds: [service.connectorId],
    logger,
    heartbeatMs: 100,
  });
  await worker.start();
  cleanups.push(() => worker.stop());
  return worker;
}

describe('a connector worker', () => {
  it('sends what is due, on no more connections than it may, and acknowledges all of it', async () => {
    const server = await startServer();
    await service.offer(settingsFor(server.port, { maxConnections: 3 }));
    await startWorker();
    const attempts = await Promise.all(Array.from({ length: 40 }, () => service.publish()));
    await vi.waitFor(() => expect(service.outcomes).toHaveLength(40), patient);
    expect(new Set(service.outcomes.map((it) => it.attemptId))).toEqual(
      new Set(attempts.map((it) => it.attemptId)),
    );
    expect(service.outcomes.every((it) => it.result === 'accepted')).toBe(true);
    expect(server.messages).toHaveLength(40);
    expect(server.connections).toBeLessThanOrEqual(3);
    await vi.waitFor(
      async () => expect(await service.waiting()).toEqual({ unread: 0, unacknowledged: 0 }),
      patient,
    );
  });

  it('tells what it holds until that is settled', async () => {
    const server = await startServer();
    service.settles = false;
    await service.offer(settingsFor(server.port));
    await startWorker();
    await service.publish();
    await vi.waitFor(() => expect(service.outcomes).toHaveLength(1), patient);
    const token = service.claims[0]?.claimToken;
    const last = (): WorkerHeartbeat | undefined => service.heartbeats.at(-1);
    await vi.waitFor(
      () => expect(last()).toMatchObject({ claimTokens: [token], openConnections: 1 }),
      patient,
    );
    service.settle(service.outcomes[0] as AttemptOutcome);
    await vi.waitFor(() => expect(last()?.claimTokens).toEqual([]), patient);
  });

  it('acknowledges an email that it may not have', async () => {
    const server = await startServer();
    service.claim = () => ({ granted: false, reason: 'cancelled' });
    await service.offer(settingsFor(server.port));
    await startWorker();
    await service.publish();
    await vi.waitFor(() => expect(service.outcomes).toMatchObject([{ result: 'not_sent' }]), patient);
    await vi.waitFor(
      async () => expect(await service.waiting()).toEqual({ unread: 0, unacknowledged: 0 }),
      patient,
    );
    expect(server.messages).toHaveLength(0);
  });

  it('hands over once what was published several times, offered again and taken by two workers', async () => {
    const server = await startServer();
    // As the row does: the first token has it.
    const holders = new Map<string, string>();
    service.claim = ({ attemptId, claimToken }) => {
      const holder = holders.get(attemptId) ?? claimToken;
      holders.set(attemptId, holder);
      return holder === claimToken ? granted() : { granted: false, reason: 'claimed' };
    };
    await service.offer(settingsFor(server.port, { maxConnections: 4 }));
    await Promise.all([startWorker(), startWorker()]);
    const attempts = await Promise.all(Array.from({ length: 15 }, () => service.publish()));
    for (const attempt of attempts) await Promise.all([service.publish(attempt), service.publish(attempt)]);
    await vi.waitFor(
      async () => expect(await service.waiting()).toEqual({ unread: 0, unacknowledged: 0 }),
      patient,
    );
    await vi.waitFor(() => expect(holders.size).toBe(attempts.length), patient);
    await vi.waitFor(() => {
      const accepted = service.outcomes.filter(({ result }) => result === 'accepted');
      expect(accepted.map(({ attemptId }) => attemptId).toSorted()).toEqual([...holders.keys()].toSorted());
    }, patient);
    expect(service.claims.length).toBeGreaterThan(attempts.length);
    expect(server.messages).toHaveLength(attempts.length);
    // Who is refused says nothing about the email, and proves nothing.
    for (const { result, claimToken } of service.outcomes) {
      if (result !== 'accepted')
        expect({ result, claimToken }).toEqual({ result: 'not_sent', claimToken: null });
    }
  });

  it('works by new settings as soon as there are any, and not at all while disabled', async () => {
    const first = await startServer();
    const second = await startServer();
    await service.offer(settingsFor(first.port, { revision: 1 }));
    await startWorker();
    await service.publish();
    await vi.waitFor(() => expect(first.messages).toHaveLength(1), patient);
    await service.offer(settingsFor(first.port, { revision: 2, enabled: false }));
    await vi.waitFor(() => expect(first.events).toContain('QUIT'), patient);
    await service.publish();
    expect(await service.waiting()).toEqual({ unread: 1, unacknowledged: 0 });
    await service.offer(settingsFor(second.port, { revision: 3 }));
    await vi.waitFor(() => expect(second.messages).toHaveLength(1), patient);
    expect(first.messages).toHaveLength(1);
    await vi.waitFor(() => expect(service.outcomes.at(-1)).toMatchObject({ connectorRevision: 3 }), patient);
  });

  it('tries refused credentials once for each revision', async () => {
    const server = await startServer({
      extensions: ['AUTH PLAIN'],
      command: (line) => (line.startsWith('AUTH') ? '535 5.7.8 No' : undefined),
    });
    service.credentials = { kind: 'password', username: 'a', password: 'b' };
    const settings = settingsFor(server.port, { login: true, maxConnections: 1, security: 'none' });
    await service.offer({ ...settings, revision: 1 });
    await startWorker();
    await service.publish();
    await vi.waitFor(
      () => expect(service.outcomes).toMatchObject([{ result: 'connector_trouble', cause: 'login_refused' }]),
      patient,
    );
    await service.publish();
    await service.offer({ ...settings, revision: 2 });
    await vi.waitFor(() => expect(service.outcomes).toHaveLength(2), patient);
    expect(service.outcomes.map((it) => it.connectorRevision)).toEqual([1, 2]);
    expect(server.events.filter((event) => event === 'AUTH')).toHaveLength(2);
  });

  it('goes on after the broker was away', async () => {
    const server = await startServer();
    await service.offer(settingsFor(server.port));
    await startWorker();
    await service.publish();
    await vi.waitFor(() => expect(server.messages).toHaveLength(1), patient);
    await nats.kill();
    await nats.restart();
    await vi.waitFor(() => service.publish(), patient);
    await vi.waitFor(() => expect(server.messages.length).toBeGreaterThanOrEqual(2), patient);
    await vi.waitFor(() => expect(service.outcomes.length).toBeGreaterThanOrEqual(2), patient);
  });

  it('finishes what it has claimed when it is stopped, and gives back the rest at once', async () => {
    let answers = false;
    const server = await startServer({
      command: (line) => (line.includes('slow@') && !answers ? 'silence' : undefined),
      message: () => (answers ? '250 2.0.0 OK' : 'silence'),
    });
    await service.offer(settingsFor(server.port));
    const worker = await startWorker();
    const claimed = await service.publish();
    await vi.waitFor(() => expect(server.messages).toHaveLength(1), patient);
    const slow = await service.publish({
      envelope: { from: 'sales@portal.example', to: ['slow@customer.example'] },
    });
    await vi.waitFor(
      () => expect(server.events.filter((event) => event === 'RCPT')).toHaveLength(2),
      patient,
    );

    const stopped = worker.stop();
    answers = true;
    for (const socket of server.sockets) socket.write('250 2.0.0 OK\r\n');
    await stopped;
    expect(service.outcomes).toMatchObject([{ attemptId: claimed.attemptId, result: 'accepted' }]);
    expect(server.messages).toHaveLength(1);

    await startWorker();
    await vi.waitFor(() => expect(service.outcomes).toHaveLength(2), patient);
    expect(service.outcomes[1]).toMatchObject({ attemptId: slow.attemptId, result: 'accepted' });
  });
});

describe('the connector process', () => {
  it('ends by SIGTERM with exit code 0, its claimed email finished', async () => {
    const server = await startServer({ message: () => 'silence' });
    await service.offer(settingsFor(server.port));
    await service.publish();
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', '--conditions=source', 'service/src/processes/connector.ts'],
      {
        env: { ...process.env, NATS_URL: nats.url, CONNECTOR_IDS: service.connectorId },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    cleanups.push(() => Promise.resolve(child.kill('SIGKILL')));
    let log = '';
    child.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()));
    const exited = once(child, 'exit');
    await vi.waitFor(() => expect(server.messages).toHaveLength(1), patient);
    child.kill('SIGTERM');
    await vi.waitFor(() => expect(log).toContain('"stopping"'), patient);
    for (const socket of server.sockets) socket.write('250 2.0.0 OK\r\n');
    expect(await exited).toEqual([0, null]);
    expect(service.outcomes).toMatchObject([{ result: 'accepted' }]);
  });
});
