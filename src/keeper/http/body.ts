// Reads the body of a request whole: bounded as it comes in, and bounded again while it is decompressed, so that a
// gzip bomb is stopped at the limit and not when memory is gone.
import type { IncomingMessage } from 'node:http';
import { gunzip, inflate } from 'node:zlib';
import { type Bounds, fillBounds } from '../../model/limits.ts';
import { maxExpansions } from './limits.ts';
import { HttpRefusal, refuseBeyond } from './refusal.ts';

/** What all listeners together may hold at one moment: bytes of bodies, and bodies that are being decompressed. */
export class BodyBudget {
  readonly bounds: Bounds;
  private held = 0;
  private expanding = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(bounds: Bounds = fillBounds()) {
    this.bounds = bounds;
  }

  /** @throws HttpRefusal 503 when there is no room. */
  take(bytes: number): void {
    const { bounds } = this;
    if (this.held + bytes > bounds.heldBodies)
      throw refuseBeyond(503, { limit: 'heldBodies', bounds }, 'too many bodies at once');
    this.held += bytes;
  }

  release(bytes: number): void {
    this.held -= bytes;
  }

  /** Runs a decompression when fewer than `maxExpansions` are under way: their size is known only when it is too late. */
  async expand<T>(run: () => Promise<T>): Promise<T> {
    if (this.expanding >= maxExpansions) await new Promise<void>((next) => this.waiting.push(next));
    else this.expanding++;
    try {
      return await run();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.expanding--;
      else next(); // takes over the place
    }
  }
}

type Decompress = (
  bytes: Buffer,
  options: { maxOutputLength: number },
  done: (error: Error | null, plain: Buffer) => void,
) => void;

const decompressors: Readonly<Record<string, Decompress>> = { gzip: gunzip, 'x-gzip': gunzip, deflate: inflate };
/** Larger bodies get their room as they come in. */
const maxReservedBytes = 1024 * 1024;
const empty = Buffer.alloc(0);

/**
 * The decompressed body. `use` gets it while its bytes count against `budget`.
 * @throws HttpRefusal 413 beyond the limit, 415 for an unknown encoding, 400 for a broken one.
 */
export async function withBody<T>(
  message: IncomingMessage,
  budget: BodyBudget,
  use: (body: Buffer) => T | Promise<T>,
): Promise<T> {
  let held = 0;
  const hold = (bytes: number) => {
    budget.take(bytes);
    held += bytes;
  };
  try {
    const { bounds } = budget;
    const raw = await collect(message, bounds, hold);
    const encoding = (message.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
    if (encoding === 'identity' || encoding === '' || encoding === 'snappy') return await use(raw);
    const decompress = decompressors[encoding];
    if (decompress === undefined)
      throw new HttpRefusal(415, `content-encoding "${encoding}" is not supported; use gzip, deflate or none`);
    const plain = await budget.expand(() => expand(raw, decompress, { encoding, bounds }));
    hold(plain.length);
    return await use(plain);
  } finally {
    budget.release(held);
  }
}

function collect(message: IncomingMessage, bounds: Bounds, hold: (bytes: number) => void): Promise<Buffer> {
  const announced = Number(message.headers['content-length'] ?? 0);
  const refuse = (what: string) => refuseBeyond(413, { limit: 'body', bounds }, what);
  if (announced > bounds.body) return Promise.reject(refuse(`a body of ${announced} bytes is too large`));
  const isChunked = message.headers['transfer-encoding'] !== undefined;
  if (announced === 0 && !isChunked) return Promise.resolve(empty);
  return new Promise((resolve, reject) => {
    // Room for the whole at once, where that is little to promise a sender: each chunk is garbage as soon as it is copied.
    const isReserved = !isChunked && announced <= maxReservedBytes;
    let whole: Buffer | undefined;
    const chunks: Buffer[] = [];
    let size = 0;
    const fail = (error: unknown) => {
      message.removeAllListeners('data');
      reject(error);
    };
    message.on('data', (chunk: Buffer) => {
      size += chunk.length;
      try {
        if (size > bounds.body) throw refuse('the body is too large');
        hold(chunk.length);
        if (chunk.length === announced) whole = chunk;
        else if (isReserved) {
          whole ??= Buffer.allocUnsafeSlow(announced);
          whole.set(chunk, size - chunk.length);
        } else chunks.push(chunk);
      } catch (error) {
        fail(error);
      }
    });
    message.once('end', () => resolve(whole ?? Buffer.concat(chunks, size)));
    message.once('error', fail);
    message.once('close', () => {
      if (!message.complete) fail(new HttpRefusal(400, 'the client went away in the middle of its request'));
    });
  });
}

function expand(
  raw: Buffer,
  decompress: Decompress,
  { encoding, bounds }: { readonly encoding: string; readonly bounds: Bounds },
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    decompress(raw, { maxOutputLength: bounds.decompressedBody }, (error, plain) => {
      if (error === null) resolve(plain);
      else if ('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') reject(refuseExpanded(encoding, bounds));
      else reject(new HttpRefusal(400, `the body is no ${encoding}: ${error.message}`, { cause: error }));
    });
  });
}

/** The refusal of a body that became too large while it was decompressed. */
export function refuseExpanded(encoding: string, bounds: Bounds): HttpRefusal {
  return refuseBeyond(
    413,
    { limit: 'decompressedBody', bounds },
    `the ${encoding} body is too large when decompressed`,
  );
}
