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

/** What happens to an email when nobody knows whether it was sent (B1): a person decides, or it is sent again. */
export const onUncertainChoices = ['hold', 'resend'] as const;
export type OnUncertain = (typeof onUncertainChoices)[number];

const fields = {
  name: v.pipe(headerText(100), v.minLength(1, 'Must not be empty.')),
  security: v.picklist(connectorSecurities),
  /** Login name; `null` means that the worker does not log in. */
  username: v.nullable(headerText(320)),
  password: v.nullable(v.pipe(v.string(), v.maxLength(1000))),
  /** Open SMTP connections of one worker. */
  maxConnections: integerBetween(1, 100),
  messagesPerConnection: integerBetween(1, 10_000),
  /** Over all workers; `null`: no limit. */
  messagesPerMinute: v.nullable(integerBetween(1, 1_000_000)),
  /** Emails in the hands of all workers together; `null`: no limit. */
  concurrentSends: v.nullable(integerBetween(1, 10_000)),
  onUncertain: v.picklist(onUncertainChoices),
};

/** Body of `POST /v1/connectors`; the answer never shows the password. */
export const connectorDraft = v.strictObject({
  name: fields.name,
  host,
  port,
  security: v.optional(fields.security, 'starttls'),
  username: v.optional(fields.username, null),
  password: v.optional(fields.password, null),
  maxConnections: v.optional(fields.maxConnections, 5),
  messagesPerConnection: v.optional(fields.messagesPerConnection, 100),
  messagesPerMinute: v.optional(fields.messagesPerMinute, null),
  concurrentSends: v.optional(fields.concurrentSends, null),
  onUncertain: v.optional(fields.onUncertain, 'hold'),
});
export type ConnectorDraft = v.InferOutput<typeof connectorDraft>;

/** Body of `PATCH /v1/connectors/:id` (RFC 7396). The password stays as it is unless it is named; `null` removes it. */
export const connectorPatch = v.partial(v.strictObject({ ...fields, host, port }));
export type ConnectorPatch = v.InferOutput<typeof connectorPatch>;

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
  /** Since when it is in trouble without a break; `null` when it works. */
  troubleSince: v.nullable(v.string()),
  /** The mail server's words that led to the pause or the switching off. */
  troubleReply: v.string(),
  maxConnections: v.number(),
  messagesPerConnection: v.number(),
  messagesPerMinute: v.nullable(v.number()),
  concurrentSends: v.nullable(v.number()),
  onUncertain: v.picklist(onUncertainChoices),
  /** The ETag of `GET` and `PATCH`, without its quotes. */
  revision: v.number(),
});
export type Connector = v.InferOutput<typeof connector>;
export const connectorList = v.object({ items: v.array(connector) });

/** Emails that wait for a connector and whose time has passed. */
export const heldEmails = v.object({
  count: v.number(),
  /** When the one that waits longest was due; `null` when there is none. */
  oldestDueAt: v.nullable(v.string()),
});
export type HeldEmails = v.InferOutput<typeof heldEmails>;

/**
 * Body of `POST /v1/connectors/:id/enable`. Needed when emails are held: `release` sends them at the connector's own
 * rate, `leave` makes them Failed, for a manual Retry. Scheduled emails whose time is to come are not touched.
 */
export const enableChoice = v.strictObject({ held: v.optional(v.picklist(['release', 'leave'])) });
export type HeldChoice = NonNullable<v.InferOutput<typeof enableChoice>['held']>;

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
