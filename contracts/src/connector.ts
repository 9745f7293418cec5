import * as v from 'valibot';
import { countingNumber, headerText, uuid } from './field-schemas.ts';

/**
 * none: never encrypt. opportunistic: STARTTLS where offered, certificate not checked (RFC 7435).
 * starttls: demand STARTTLS with a valid certificate. tls: TLS from the first byte (RFC 8314).
 */
export const connectorSecurities = ['none', 'opportunistic', 'starttls', 'tls'] as const;
export type ConnectorSecurity = (typeof connectorSecurities)[number];

const port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65535));
const host = v.pipe(headerText(253), v.regex(/^[A-Za-z0-9._:-]+$/, 'Give a host name or an IP address.'));
const integerBetween = (min: number, max: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));

/** Body of `POST /v1/connectors`; the answer never shows the password. */
export const connectorDraft = v.strictObject({
  name: v.pipe(headerText(100), v.minLength(1, 'Must not be empty.')),
  host,
  port,
  security: v.optional(v.picklist(connectorSecurities), 'starttls'),
  /** Login name; none means that the worker does not log in. */
  username: v.optional(v.nullable(headerText(320)), null),
  password: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(1000))), null),
  /** Open SMTP connections of one worker. */
  maxConnections: v.optional(integerBetween(1, 100), 5),
  messagesPerConnection: v.optional(integerBetween(1, 10_000), 100),
});
export type ConnectorDraft = v.InferOutput<typeof connectorDraft>;

export const connector = v.object({
  id: uuid,
  name: v.string(),
  host: v.string(),
  port: v.number(),
  security: v.picklist(connectorSecurities),
  username: v.nullable(v.string()),
  hasPassword: v.boolean(),
  enabled: v.boolean(),
  /** `administrator`, or the reason why the service switched it off. */
  disabledBy: v.nullable(v.picklist(['administrator', 'credentials_refused'])),
  pausedUntil: v.nullable(v.string()),
  /** The mail server's words that led to the pause or the switching off. */
  troubleReply: v.string(),
  maxConnections: v.number(),
  messagesPerConnection: v.number(),
  revision: v.number(),
});
export type Connector = v.InferOutput<typeof connector>;
export const connectorList = v.object({ items: v.array(connector) });

/** Value of a key in the KV bucket: what a worker may know of a connector. Never a secret. */
export const connectorSettings = v.object({
  connectorId: v.string(),
  /** Rises with every change, of credentials too. */
  revision: v.number(),
  enabled: v.boolean(),
  host: v.string(),
  port: v.number(),
  security: v.picklist(connectorSecurities),
  login: v.boolean(),
  maxConnections: v.number(),
  messagesPerConnection: v.number(),
});
export type ConnectorSettings = v.InferOutput<typeof connectorSettings>;

/** Request and reply on `outbox.credentials.<connectorId>`. */
export const credentialsRequest = v.object({ workerId: v.string(), revision: v.number() });
export const credentialsReply = v.variant('kind', [
  v.object({ kind: v.literal('none') }),
  v.object({ kind: v.literal('password'), username: v.string(), password: v.string() }),
]);
export type CredentialsReply = v.InferOutput<typeof credentialsReply>;

/** Heartbeat on `outbox.workers.<connectorId>.<workerId>`: renews the leases of the held claims. */
export const workerHeartbeat = v.object({
  workerId: uuid,
  connectorId: uuid,
  openConnections: countingNumber,
  claimTokens: v.array(uuid),
});
export type WorkerHeartbeat = v.InferOutput<typeof workerHeartbeat>;
