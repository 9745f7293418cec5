import { parseArgs } from 'node:util';
import { StartProblem } from '../stack/start-problem.ts';

/** The words after `npm run bench -- NAME`. What it does not understand is a StartProblem that ends with the usage. */
export class CommandLine {
  readonly #usage: string;
  readonly #values: Record<string, unknown>;

  /** Names without `--`: `texts` are followed by a word, `flags` stand alone; `--json`, `--help` and `--no-build` always may. */
  constructor(
    words: string[],
    usage: string,
    { texts, flags = [] }: { texts: readonly string[]; flags?: readonly string[] },
  ) {
    this.#usage = usage;
    const text = { type: 'string' } as const;
    const flag = { type: 'boolean' } as const;
    const options = {
      json: flag,
      help: { ...flag, short: 'h' },
      'no-build': flag,
      ...Object.fromEntries(texts.map((name) => [name, text])),
      ...Object.fromEntries(flags.map((name) => [name, flag])),
    };
    try {
      this.#values = parseArgs({ args: words, options }).values;
    } catch (error) {
      throw this.#problem((error as Error).message);
    }
  }

  has(flag: string): boolean {
    return this.#values[flag] === true;
  }

  text(name: string): string | null {
    const value = this.#values[name];
    return typeof value === 'string' ? value : null;
  }

  /** A whole number from `least` to `most`; `fallback` when it was not given. */
  number(name: string, fallback: number, { least = 1, most }: { least?: number; most: number }): number {
    const word = this.text(name);
    if (word === null) return fallback;
    const number = Number(word);
    if (Number.isInteger(number) && number >= least && number <= most) return number;
    throw this.#problem(`--${name} takes a number from ${least} to ${most}, not ${word}.`);
  }

  /** Of those that are known, in any case, with commas between them; all of them when none was given. */
  names<Name extends string>(name: string, known: readonly Name[]): Name[] {
    const word = this.text(name);
    if (word === null) return [...known];
    return word.split(',').map((it) => {
      const found = known.find((one) => one.toLowerCase() === it.trim().toLowerCase());
      if (found === undefined) throw this.#problem(`--${name} does not know ${it}.`);
      return found;
    });
  }

  #problem(text: string): StartProblem {
    return new StartProblem(`${text}\n\n${this.#usage}`);
  }
}
