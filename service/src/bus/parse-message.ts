import { JSONCodec } from 'nats';
import * as v from 'valibot';

const json = JSONCodec();

/** The members of a message that is a list, or the one that it is, as the schema has them; `null` for anything else. */
export function parseEach<Schema extends v.GenericSchema>(
  schema: Schema,
  data: Uint8Array,
): (v.InferOutput<Schema> | null)[] {
  try {
    const content: unknown = json.decode(data);
    return (Array.isArray(content) ? content : [content]).map((one) => {
      const result = v.safeParse(schema, one);
      return result.success ? result.output : null;
    });
  } catch {
    return [null];
  }
}

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
