/** One line of a body, without its line break; `bytes` is `null` when it was longer than allowed. */
export interface Line {
  /** From 1, empty lines counted. */
  number: number;
  bytes: Buffer | null;
}

export interface LineLimits {
  /** Bytes of one line. */
  line: number;
  /** Lines and bytes of one batch, unless a single line is longer. */
  batchLines: number;
  batchBytes: number;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * Splits a body into lines and hands them on in batches: what has come while the previous batch was worked on, never by
 * a timer, so that a sender who waits for answers before the next line gets them. While a full batch waits, nothing
 * more is read: a body of any length needs the memory of a batch or two.
 */
export class LineReader {
  readonly #body: ReadableStreamDefaultReader<Uint8Array>;
  readonly #limits: LineLimits;
  #lines: Line[] = [];
  #bytes = 0;
  /** Bytes of the batch that is worked on. */
  #inHand = 0;
  #number = 1;
  /** What has come of a line whose end has not; `null` when it is too long already. */
  #parts: Buffer[] | null = [];
  #partBytes = 0;
  #state: 'reading' | 'ended' | { error: unknown } = 'reading';
  #wakeReader: () => void = () => undefined;
  #wakeTaker: () => void = () => undefined;

  constructor(body: ReadableStream<Uint8Array>, limits: LineLimits) {
    this.#body = body.getReader();
    this.#limits = limits;
    void this.#read();
  }

  /** The lines that have come, in order, without empty ones; waits for at least one. None: the body has ended. */
  async next(): Promise<Line[]> {
    this.#inHand = 0;
    this.#wakeReader();
    while (this.#lines.length === 0) {
      if (this.#state === 'ended') return [];
      if (this.#state !== 'reading') throw this.#state.error;
      await new Promise<void>((resolve) => (this.#wakeTaker = resolve));
    }
    let count = 0;
    let bytes = 0;
    for (const line of this.#lines.slice(0, this.#limits.batchLines)) {
      const size = line.bytes?.length ?? 0;
      if (count > 0 && bytes + size > this.#limits.batchBytes) break;
      bytes += size;
      count += 1;
    }
    this.#bytes -= bytes;
    this.#inHand = bytes;
    const batch = this.#lines.splice(0, count);
    this.#wakeReader();
    return batch;
  }

  /** Reads no more. */
  async cancel(): Promise<void> {
    this.#state = 'ended';
    this.#lines = [];
    this.#wakeReader();
    this.#wakeTaker();
    await this.#body.cancel().catch(() => undefined);
  }

  async #read(): Promise<void> {
    try {
      while (this.#state === 'reading') {
        const { done, value } = await this.#body.read();
        if (done) break;
        this.#split(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
        this.#wakeTaker();
        while (this.#isFull()) await new Promise<void>((resolve) => (this.#wakeReader = resolve));
      }
      this.#endLine();
      if (this.#state === 'reading') this.#state = 'ended';
    } catch (error) {
      this.#state = { error };
    }
    this.#wakeTaker();
  }

  #isFull(): boolean {
    const isLong = this.#bytes + this.#inHand >= this.#limits.batchBytes;
    return this.#lines.length >= this.#limits.batchLines || isLong;
  }

  #split(chunk: Buffer): void {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(lineFeed, start);
      this.#keepPart(chunk.subarray(start, end === -1 ? undefined : end));
      if (end === -1) return;
      this.#endLine();
      start = end + 1;
    }
  }

  #keepPart(part: Buffer): void {
    this.#partBytes += part.length;
    if (this.#partBytes > this.#limits.line) this.#parts = null;
    else if (part.length > 0) this.#parts?.push(part);
  }

  #endLine(): void {
    const parts = this.#parts;
    const bytes = parts === null ? null : parts.length === 1 ? (parts[0] ?? null) : Buffer.concat(parts);
    const isEmpty =
      bytes !== null && (bytes.length === 0 || (bytes.length === 1 && bytes[0] === carriageReturn));
    if (!isEmpty) {
      this.#lines.push({ number: this.#number, bytes });
      this.#bytes += bytes?.length ?? 0;
    }
    this.#number += 1;
    this.#parts = [];
    this.#partBytes = 0;
  }
}
