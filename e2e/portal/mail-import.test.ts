import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emailSubmissions } from '@portal-outbox/contracts';
import { safeParse } from 'valibot';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ServiceProblem, type EmailDraft, type PortalClient } from '../stack/portal-client.ts';
import { badAddressEml, completeEml, groupEml, latin1Eml, noSubjectEml, notMailEml } from './eml-fixtures.ts';
import { importMail, type ImportedFile } from './mail-import.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mail-import-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('submits every .eml file of a folder and its sub-folders, and nothing else', async () => {
  await mkdir(join(folder, 'archive'));
  await writeFile(join(folder, 'b.eml'), noSubjectEml.content);
  await writeFile(join(folder, 'archive', 'a.EML'), groupEml.content);
  await writeFile(join(folder, 'notes.txt'), 'not mail');
  const { files, service } = await runImport(folder);
  expect(files.map(({ name, done }) => [name, done])).toEqual([
    ['archive/a.EML', true],
    ['b.eml', true],
  ]);
  expect(service.submitted.map(({ email }) => email.subject)).toEqual(['To a group', '']);
});

test('goes on after a message that the service does not take, and says what the service said', async () => {
  for (const { name, content } of [badAddressEml, latin1Eml, notMailEml]) {
    await writeFile(join(folder, name), content);
  }
  const { files, total } = await runImport(folder);
  expect(total).toEqual({ done: 1, skipped: 2 });
  expect(files.find(({ name }) => name === 'bad-address.eml')).toMatchObject({
    done: false,
    reason: expect.stringContaining('name@example.com') as string,
  });
});

test('uploads files first and names them in the email', async () => {
  await writeFile(join(folder, completeEml.name), completeEml.content);
  const { service } = await runImport(folder);
  expect(service.uploads).toHaveLength(2);
  expect(service.submitted[0]!.email.attachments).toMatchObject([
    { fileName: 'sign.png', contentId: 'sign@example.com' },
    { fileName: 'relevé.csv' },
  ]);
});

test('gives the same message the same key, so that it is never handed over twice', async () => {
  await writeFile(join(folder, '1.eml'), completeEml.content);
  await writeFile(join(folder, '2.eml'), completeEml.content);
  const { files, service } = await runImport(folder);
  expect(service.submitted).toHaveLength(1);
  expect(files[1]).toEqual({ name: '2.eml', done: false, reason: 'Handed over before.' });
});

test('submits each message of an mbox file', async () => {
  const file = join(folder, 'sent.mbox');
  const messages = [noSubjectEml, groupEml].map(({ content }) => content.toString());
  await writeFile(
    file,
    messages.map((text) => `From a@example.com Mon Nov  2 09:00:00 2026\n${text}\n`).join(''),
  );
  const { files, service } = await runImport(file);
  expect(files.map(({ name, done }) => [name, done])).toEqual([
    ['sent.mbox 1', true],
    ['sent.mbox 2', true],
  ]);
  expect(service.submitted[1]!.email.to).toHaveLength(3);
});

test('says what to type when there is no such path', async () => {
  await expect(runImport(join(folder, 'nowhere'))).rejects.toThrow('Example: --mail');
});

async function runImport(path: string) {
  const service = recordingService();
  const files: ImportedFile[] = [];
  const total = await importMail({
    path,
    backEnd: () => service.client,
    connectorId: '6f1c9c3e-8f0b-4c1e-9a53-5d2f0c3b7a11',
    authorId: 'claire.fontaine',
    onFile: (file) => files.push(file),
  });
  return { files, total, service };
}

/** Takes what the contract takes, refuses the rest as the service does, and remembers keys. */
function recordingService() {
  const uploads: Uint8Array[] = [];
  const submitted: { email: EmailDraft; key: string }[] = [];
  const keys = new Map<string, string>();
  const refuse = (code: 'invalid' | 'idempotency_key_reused', field: string, detail: string) =>
    new ServiceProblem('POST /v1/emails', 400, {
      type: 'about:blank',
      title: code,
      status: 400,
      code,
      detail,
      fields: [{ field, detail }],
    });
  const client = {
    uploadAttachment: async (bytes: Uint8Array) => {
      uploads.push(bytes);
      return {
        id: `00000000-0000-4000-8000-${String(uploads.length).padStart(12, '0')}`,
        size: bytes.length,
        sha256: '',
      };
    },
    submit: async (emails: EmailDraft[], key: string) => {
      const { issues } = safeParse(emailSubmissions, { emails });
      if (issues)
        throw refuse('invalid', issues[0].path?.map(({ key }) => key).join('/') ?? '', issues[0].message);
      const body = JSON.stringify(emails);
      if ((keys.get(key) ?? body) !== body)
        throw refuse('idempotency_key_reused', 'Idempotency-Key', 'Reused.');
      keys.set(key, body);
      submitted.push(...emails.map((email) => ({ email, key })));
      return emails.map((_, index) => `${index}`);
    },
  } as unknown as PortalClient;
  return { client, uploads, submitted };
}
