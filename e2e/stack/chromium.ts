import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { bundledChromium } from './bundled-chromium.ts';
import { StartProblem } from './start-problem.ts';

export interface Chromium {
  executablePath: string;
  args: string[];
}

/** Quiet, and able to run as root in a container. Web security stays on. */
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * A Chromium to drive: `CHROMIUM_PATH`, an installed Chrome or Chromium, or the one that comes with the
 * packages (Linux x64), unpacked once. Throws StartProblem when there is none.
 */
export async function findChromium(): Promise<Chromium> {
  const named = process.env['CHROMIUM_PATH'];
  if (named !== undefined && named !== '') {
    if (await executable(named)) return { executablePath: named, args };
    throw new StartProblem(`CHROMIUM_PATH names ${named}, which cannot be run.`);
  }
  const executablePath = (await installedChromium()) ?? (await bundledChromium());
  if (executablePath !== null) return { executablePath, args };
  throw new StartProblem(
    [
      `No Chrome or Chromium found, and none comes with this package for ${process.platform} ${process.arch}.`,
      'Install one, or name it:',
      '  CHROMIUM_PATH=/path/to/chromium npm test',
    ].join('\n'),
  );
}

/** Starts it without a window. */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({ headless: true, ...(await findChromium()) });
}

async function installedChromium(): Promise<string | null> {
  const names = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser', 'chrome'];
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const candidates = [
    ...folders.flatMap((folder) => names.map((name) => join(folder, name))),
    '/opt/google/chrome/chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ];
  for (const candidate of candidates) if (await executable(candidate)) return candidate;
  return null;
}

async function executable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
