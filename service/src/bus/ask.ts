import { JSONCodec, type NatsConnection } from 'nats';
import type * as v from 'valibot';
import type { Logger } from '../runtime/logger.ts';
import { parseMessage } from './parse-message.ts';

const json = JSONCodec();

/** Asks the service once; `null`: no answer within `timeoutMs`, or none that is understood. */
export async function ask<Schema extends v.GenericSchema>(
  connection: NatsConnection,
  logger: Logger,
  subject: string,
  request: unknown,
  schema: Schema,
  timeoutMs: number,
): Promise<v.InferOutput<Schema> | null> {
  try {
    const reply = await connection.request(subject, json.encode(request), { timeout: timeoutMs });
    const answer = parseMessage(schema, reply.data);
    if (answer === null) logger.error({ subject }, 'an answer that is not understood');
    return answer;
  } catch {
    // Nobody answered, or nobody was there.
    return null;
  }
}
