import { JSONCodec } from 'nats';
import * as v from 'valibot';

const json = JSONCodec();

/** A message's JSON as the schema has it; `null` when it is anything else. */
export function parseMessage<Schema extends v.GenericSchema>(
  schema: Schema,
  data: Uint8Array,
): v.InferOutput<Schema> | null {
  try {
    const result = v.safeParse(schema, json.decode(data));
    return result.success ? result.output : null;
  } catch {
    return null;
  }
}
