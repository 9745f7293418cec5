/** Every name on NATS. Ids in subjects are ours (UUID), never the host's text. */
export const streams = { attempts: 'OUTBOX_ATTEMPTS', outcomes: 'OUTBOX_OUTCOMES' } as const;
export const connectorsBucket = 'outbox-connectors';

export const subjects = {
  attempts: (connectorId: string) => `outbox.attempts.${connectorId}`,
  allAttempts: 'outbox.attempts.*',
  outcomes: (connectorId: string) => `outbox.outcomes.${connectorId}`,
  allOutcomes: 'outbox.outcomes.*',
  claims: (connectorId: string) => `outbox.claims.${connectorId}`,
  allClaims: 'outbox.claims.*',
  credentials: (connectorId: string) => `outbox.credentials.${connectorId}`,
  allCredentials: 'outbox.credentials.*',
  settled: (workerId: string) => `outbox.settled.${workerId}`,
  heartbeat: (connectorId: string, workerId: string) => `outbox.workers.${connectorId}.${workerId}`,
  allHeartbeats: 'outbox.workers.*.*',
  events: (portalId: string) => `outbox.events.${portalId}`,
  /** What workers may know of a connector: a key of the bucket, heard as it changes. */
  connector: (connectorId: string) => `$KV.${connectorsBucket}.${connectorId}`,
} as const;

/** The durable pull consumer of a connector's attempts, shared by its workers. */
export const attemptConsumer = (connectorId: string) => `connector-${connectorId}`;
export const outcomeConsumer = 'settle';
/** Queue group in which dispatchers share claims and requests for credentials. */
export const dispatcherQueue = 'dispatchers';

/** `Nats-Msg-Id` of a published attempt: the stream drops a doubled publication, never a later one. */
export const publicationId = (attemptId: string, publication: number) => `${attemptId}.${publication}`;

/**
 * Times in seconds. An attempt that is not acknowledged is offered again after `ackWait`, an outcome after
 * `outcomeAckWait`: so long it lies still when the dispatcher that had it dies.
 */
export const attemptTimes = {
  ackWait: 60,
  outcomeAckWait: 10,
  maxAge: 600,
  claimAnswer: 5,
  outcomeRepeat: 30,
} as const;
