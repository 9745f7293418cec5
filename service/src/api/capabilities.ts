import { Readable } from 'node:stream';
import type { Context } from 'hono';
import * as v from 'valibot';
import { capabilityUrl, limits, uuid } from '@portal-outbox/contracts';
import { findAttachment, inlineImages, readAttachment } from '../db/attachments.ts';
import { readBodyPart, readHtml } from '../db/read-email.ts';
import { now, toInstant } from '../runtime/clock.ts';
import type { App, Dependencies, Env } from './context.ts';
import { demandVisible, emailPath } from './get-email.ts';
import { check, checkBody, operation } from './operation.ts';
import { previewDocument, previewPolicy } from './preview-document.ts';
import { ProblemError } from './problem-answer.ts';

const position = v.pipe(
  v.string(),
  v.regex(/^\d{1,3}$/, 'Give the place of the attachment, from 0.'),
  v.transform(Number),
);
const claims = v.object({ portalId: uuid, emailId: uuid, position: v.optional(v.number(), 0) });
const previewClaims = v.object({ ...claims.entries, images: v.boolean(), origins: v.array(v.string()) });
const contentClaims = v.object({
  emailId: uuid,
  part: v.picklist(['text', 'html', 'attachment']),
  position: v.number(),
});

/** Hands out URLs that work for 60 s without a token: a frame and a download cannot send one. */
export function postCapabilities(app: App, dependencies: Dependencies): void {
  const { tokens, publicUrl } = dependencies;
  const seconds = limits.capabilitySeconds;

  app.post(
    '/v1/emails/:id/preview',
    operation({
      summary: 'A URL of the HTML body',
      answers: { 200: capabilityUrl },
      problems: ['not_found'],
    }),
    check('param', emailPath),
    checkBody(v.strictObject({ images: v.optional(v.boolean(), false) })),
    async (c) => {
      const { id } = c.req.valid('param');
      await demandVisible(c, dependencies, id);
      const { portalId, origins } = c.get('identity');
      const { images } = c.req.valid('json');
      const token = await tokens.issue('preview', { portalId, emailId: id, images, origins }, seconds);
      return c.json(link(`${publicUrl()}/v1/preview/${token}`));
    },
  );

  app.post(
    '/v1/emails/:id/attachments/:position/link',
    operation({
      summary: 'A URL of an attachment',
      answers: { 200: capabilityUrl },
      problems: ['not_found'],
    }),
    check('param', v.strictObject({ ...emailPath.entries, position })),
    async (c) => {
      const { id, position: place } = c.req.valid('param');
      await demandVisible(c, dependencies, id);
      const { portalId } = c.get('identity');
      if ((await findAttachment(dependencies.database, portalId, id, place)) === null) throw gone();
      const token = await tokens.issue('attachment', { portalId, emailId: id, position: place }, seconds);
      return c.json(link(`${publicUrl()}/v1/attachment/${token}`));
    },
  );

  function link(url: string): { url: string; expiresAt: string } {
    return { url, expiresAt: toInstant(now() + seconds * 1000) };
  }
}

/** Serves what the URLs name. Nothing here asks for a token: the URL is one. */
export function getCapabilities(app: App, dependencies: Dependencies): void {
  const { database, tokens, publicUrl } = dependencies;

  app.get('/v1/preview/:token', async (c) => {
    const { portalId, emailId, images, origins } = await read(c, 'preview', previewClaims);
    const html = await readHtml(database, portalId, emailId);
    if (html === null) throw gone();
    const inline = new Map<string, string>();
    for (const image of await inlineImages(database, portalId, emailId)) {
      const token = await tokens.issue('inline', { portalId, emailId, position: image.position }, 600);
      inline.set(image.contentId, `${publicUrl()}/v1/inline/${token}`);
    }
    return c.body(
      previewDocument(html, (contentId) => inline.get(contentId) ?? null),
      200,
      {
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Security-Policy': previewPolicy(new URL(publicUrl()).origin, origins, images),
        ...shutIn,
      },
    );
  });

  app.get('/v1/inline/:token', async (c) => {
    const found = await attachment(c, 'inline');
    // Anything that is not a plain image is not shown inside the page.
    if (!/^image\/(png|jpeg|gif|webp|bmp)$/.test(found.contentType)) throw gone();
    return stream(c, found, { 'Content-Type': found.contentType });
  });

  app.get('/v1/attachment/:token', async (c) => {
    const found = await attachment(c, 'attachment');
    return stream(c, found, {
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': disposition(found.fileName),
    });
  });

  app.get('/v1/content/:token', async (c) => {
    const { emailId, part, position: place } = await read(c, 'content', contentClaims);
    if (part !== 'attachment') {
      const body = await readBodyPart(database, emailId, part);
      if (body === null) throw gone();
      return c.body(body, 200, { 'Content-Type': 'application/octet-stream' });
    }
    const found = await findAttachment(database, null, emailId, place);
    if (found === null) throw gone();
    return stream(c, found, { 'Content-Type': 'application/octet-stream' });
  });

  async function read<Schema extends v.GenericSchema>(
    c: Context<Env>,
    purpose: string,
    schema: Schema,
  ): Promise<v.InferOutput<Schema>> {
    const payload = await tokens.read(purpose, c.req.param('token') ?? '');
    const result = v.safeParse(schema, payload);
    if (!result.success) throw gone();
    return result.output;
  }

  async function attachment(c: Context<Env>, purpose: string) {
    const { portalId, emailId, position: place } = await read(c, purpose, claims);
    const found = await findAttachment(database, portalId, emailId, place);
    if (found === null) throw gone();
    return found;
  }

  function stream(
    c: Context<Env>,
    found: { attachmentId: string; size: number },
    headers: Record<string, string>,
  ) {
    const bytes = Readable.toWeb(
      Readable.from(readAttachment(database, found.attachmentId), { objectMode: false }),
    );
    return c.body(bytes as ReadableStream, 200, {
      ...headers,
      'Content-Length': String(found.size),
      'Content-Security-Policy': "default-src 'none'; sandbox",
      'Cross-Origin-Resource-Policy': 'cross-origin',
      ...shutIn,
    });
  }
}

const shutIn = {
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

function gone(): ProblemError {
  return new ProblemError('not_found', 'This link has expired or names nothing. Open the email again.');
}

/** RFC 6266; the plain name for old programs, the full one beside it. Characters that change direction are left out. */
function disposition(fileName: string): string {
  const shown = fileName.replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069/\\]/g, '_');
  const plain = shown.replace(/[^\x20-\x7e]|["%]/g, '_');
  const full = encodeURIComponent(shown).replace(/['()*]/g, (it) => `%${it.charCodeAt(0).toString(16)}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${full}`;
}
