import { describeRoute, resolver, validator } from 'hono-openapi';
import type { MiddlewareHandler } from 'hono';
import { createMiddleware } from 'hono/factory';
import type * as v from 'valibot';
import { problems, type ProblemCode } from '@portal-outbox/contracts';
import { ProblemError } from './problem-answer.ts';

interface Operation {
  summary: string;
  /** Answers of success: status → schema, `null` for one without a JSON body. */
  answers: Record<number, v.GenericSchema | null>;
  /** Media type of the answers of success; JSON unless told otherwise. */
  answerType?: string;
  /** A request body that no `checkBody` describes: of a stream, the schema of one line. */
  request?: { type: string; schema: v.GenericSchema };
  /** Problem codes beyond unauthenticated, invalid, rate_limited and unavailable. */
  problems?: readonly ProblemCode[];
}

/** Describes an operation for openapi.json. */
export function operation({
  summary,
  answers,
  answerType = 'application/json',
  request,
  problems: codes = [],
}: Operation): MiddlewareHandler {
  const responses: Record<string, { description: string; content?: Record<string, { schema: never }> }> = {};
  for (const [status, schema] of Object.entries(answers)) {
    responses[status] = {
      description: 'Success',
      ...(schema !== null && { content: { [answerType]: { schema: resolver(schema) as never } } }),
    };
  }
  for (const code of [...codes, 'unauthenticated', 'invalid', 'rate_limited', 'unavailable'] as const) {
    const { status, title } = problems[code];
    const known = responses[status];
    responses[status] = {
      description: known ? `${known.description} · ${title} (\`${code}\`)` : `${title} (\`${code}\`)`,
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } as never } },
    };
  }
  const requestBody = request && {
    required: true,
    content: { [request.type]: { schema: resolver(request.schema) as never } },
  };
  return describeRoute({ summary, responses, ...(requestBody && { requestBody }) });
}

interface Issue {
  message: string;
  path?: readonly (PropertyKey | { key: unknown })[] | undefined;
}

/** Checks a part of the request; what does not fit is answered with the fields and what to do. */
export function check<Schema extends v.GenericSchema, Target extends 'query' | 'param'>(
  target: Target,
  schema: Schema,
) {
  return validator(target, schema, (result) => {
    if (!result.success) throw invalid(result.error, target === 'query' ? 'query' : 'path');
  });
}

/** Checks a JSON body. */
export function checkBody<Schema extends v.GenericSchema>(schema: Schema) {
  return validator('json', schema, (result) => {
    if (!result.success) throw invalid(result.error, '');
  });
}

/** A body must say that it is JSON, or it would be read as empty. */
export const demandJson = createMiddleware(async (c, next) => {
  const type = c.req.header('content-type') ?? '';
  if (!/^application\/([\w.-]+\+)?json\b/i.test(type)) {
    throw new ProblemError('invalid', 'Send the body as application/json.', {
      fields: [{ field: 'Content-Type', detail: 'Must be application/json.' }],
    });
  }
  await next();
});

/** Pressing a button needs no body; one that is there must be JSON. */
export const emptyOrJson = createMiddleware(async (c, next) => {
  if ((await c.req.text()) === '') await next();
  else return await demandJson(c, next);
});

function invalid(issues: readonly Issue[], part: string): ProblemError {
  const fields = problemFields(issues, part);
  return new ProblemError('invalid', 'Correct the named fields and send the request again.', { fields });
}

/** What is wrong where, for an answer. */
export function problemFields(issues: readonly Issue[], part: string): { field: string; detail: string }[] {
  return issues.map((issue) => ({
    field: part + pointer(issue.path ?? []),
    detail: describe(issue.message),
  }));
}

/** Valibot's own wording names what it received: that is the caller's input, and stays out of answers. */
function describe(message: string): string {
  return message.replace(/ but received .*$/s, '.').slice(0, 200);
}

/** A JSON pointer (RFC 6901); keys that the caller made up are cut. */
function pointer(path: NonNullable<Issue['path']>): string {
  return path
    .map((step) => (typeof step === 'object' ? step.key : step))
    .map((key) => `/${String(key).slice(0, 60).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}
