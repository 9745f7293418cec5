/** Oldest Node that every dependency accepts. */
const oldest = [20, 19] as const;

/** Says what to do when Node is too old; `null` when it is new enough. Imports nothing, so that it can run first. */
export function nodeVersionProblem(version: string = process.versions.node): string | null {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return null;
  return [
    `Portal Outbox needs Node ${oldest.join('.')} or newer; this is Node ${version}.`,
    'Install a newer Node from https://nodejs.org, or try one at once with:',
    '  npx -y -p node@22 -- npm run demo',
  ].join('\n');
}
