import { createReadStream } from 'node:fs';
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { mboxReader } from 'mbox-reader';
import { StartProblem } from '../stack/start-problem.ts';

/** One message as it stands in its file, or why the file could not be read. */
export type MailFile = { name: string; content: Uint8Array } | { name: string; problem: string };

/** Larger files are not read: no mail server would take them. */
const mostBytes = 100 * 1024 * 1024;

/** Every .eml file of a folder in the order of names, each message of an mbox file, or one .eml file. */
export async function* readMailFiles(path: string): AsyncGenerator<MailFile> {
  const found = await stat(path).catch(() => null);
  if (found === null)
    throw new StartProblem(`There is no file or folder ${path}. Example: --mail ~/Mail/sent`);
  if (found.isDirectory()) yield* readFolder(path);
  else if (await isMbox(path)) yield* readMbox(path);
  else yield await readOne(path, basename(path));
}

async function* readFolder(folder: string): AsyncGenerator<MailFile> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && /\.eml$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  for (const file of files) yield await readOne(file, relative(folder, file));
}

async function readOne(file: string, name: string): Promise<MailFile> {
  try {
    if ((await stat(file)).size > mostBytes) return { name, problem: 'Larger than 100 MB.' };
    return { name, content: await readFile(file) };
  } catch (error) {
    return { name, problem: `Cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  }
}

async function* readMbox(file: string): AsyncGenerator<MailFile> {
  let number = 0;
  for await (const { content } of mboxReader(createReadStream(file))) {
    number += 1;
    yield { name: `${basename(file)} ${number}`, content };
  }
}

/** The first line of an mbox file begins with "From " (RFC 4155); that of a message never does. */
async function isMbox(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(5), 0, 5, 0);
    return buffer.toString('latin1') === 'From ';
  } finally {
    await handle.close();
  }
}
