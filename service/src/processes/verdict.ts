import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { smtpPhases } from '@portal-outbox/contracts';
import { describeExplanation, explainReply } from '../deliver/explain-reply.ts';

/**
 * Prints what the rules make of a mail server's reply, given as arguments or on stdin. Exits 0 when it could be read,
 * 2 when not.
 */
const usage = `Usage: npm run verdict -- [--phase ${smtpPhases.join('|')}] "550 5.1.1 No such user"
       npm run verdict < reply.txt
A reply may have several lines. Where the connection broke without one, give the code, such as ETIMEDOUT.
`;

process.exitCode = await main();

async function main(): Promise<number> {
  const given = readArguments();
  if (given === null) return refuse('These arguments are not understood.');
  const phase = given.phase === undefined ? null : smtpPhases.find((it) => it === given.phase);
  if (phase === undefined) return refuse('There is no such phase.');
  const pasted = given.reply === '' ? await text(process.stdin) : given.reply;
  const explained = explainReply(pasted, phase);
  if (explained === null) return refuse('This is no reply of a mail server: it begins with three digits.');
  process.stdout.write(
    explained === 'accepted' ? 'This reply refuses nothing.\n' : describeExplanation(explained),
  );
  return 0;
}

function readArguments(): { phase: string | undefined; reply: string } | null {
  try {
    const { values, positionals } = parseArgs({
      options: { phase: { type: 'string' } },
      allowPositionals: true,
    });
    // Typed on a line of its own, a line end is "\\n".
    return { phase: values.phase, reply: positionals.join(' ').replaceAll('\\n', '\n') };
  } catch {
    return null;
  }
}

function refuse(why: string): number {
  process.stderr.write(`${why}\n${usage}`);
  return 2;
}
