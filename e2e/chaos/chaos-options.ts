import { parseArgs } from 'node:util';
import { faultKinds, faultNames, type FaultName } from './fault-kinds.ts';

export interface ChaosOptions {
  emails: number;
  faults: number;
  /** The same seed repeats the emails and the order of the faults, not what the machine makes of them. */
  seed: number;
  /** What the connectors do when nobody knows whether an email was sent. */
  onUncertain: 'hold' | 'resend';
  /** How long PostgreSQL stands still. */
  freezeSeconds: number;
  /** Life of a claim without a sign of its worker; several heartbeats (5 s) long. */
  leaseSeconds: number;
  /** Kinds of faults to draw from; empty: all. */
  only: FaultName[];
}

export const usage = `npm run chaos -- [options]
  --emails N                    default 5000
  --faults N                    default 45
  --seed N                      default 1; repeats the order of the faults
  --on-uncertain hold|resend    default hold
  --only KIND,KIND              faults of these kinds only
  --freeze-seconds N            how long PostgreSQL stands still, default 20
  --json                        the last line of the output is the result as JSON`;

/** Throws an Error whose message says what is wrong. */
export function readChaosOptions(args: readonly string[]): ChaosOptions & { json: boolean } {
  const { values } = parseArgs({
    args: [...args],
    options: {
      emails: { type: 'string', default: '5000' },
      faults: { type: 'string', default: '45' },
      seed: { type: 'string', default: '1' },
      'on-uncertain': { type: 'string', default: 'hold' },
      'freeze-seconds': { type: 'string', default: '20' },
      only: { type: 'string', default: '' },
      json: { type: 'boolean', default: false },
    },
  });
  const onUncertain = values['on-uncertain'];
  if (onUncertain !== 'hold' && onUncertain !== 'resend') throw new Error('--on-uncertain: hold or resend');
  const only = values.only.split(',').filter(Boolean);
  const unknown = only.filter((name) => !(name in faultKinds));
  if (unknown.length > 0) throw new Error(`--only: one of ${faultNames.join(' ')}`);
  return {
    emails: whole('--emails', values.emails, 1),
    faults: whole('--faults', values.faults, 0),
    seed: whole('--seed', values.seed, 0),
    onUncertain,
    freezeSeconds: whole('--freeze-seconds', values['freeze-seconds'], 1),
    leaseSeconds: 10,
    only: faultNames.filter((name) => only.includes(name)),
    json: values.json,
  };
}

function whole(name: string, text: string, least: number): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= least) return number;
  throw new Error(`${name}: give a whole number, at least ${least}`);
}
