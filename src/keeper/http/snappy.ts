// Bodies in snappy's block format, which say at their beginning how large they become. https://github.com/google/snappy
import { uncompress as uncompressBlock } from 'snappyjs';
import type { Bounds } from '../../model/limits.ts';
import { refuseExpanded } from './body.ts';
import { HttpRefusal } from './refusal.ts';

const longestVarint = 5;

/** The plain body. @throws HttpRefusal 413 beyond the limit, 400 for what is no snappy */
export function uncompress(body: Buffer, bounds: Bounds): Buffer {
  failIfExpands(body, bounds);
  try {
    return Buffer.from(uncompressBlock(body, bounds.decompressedBody));
  } catch (cause) {
    throw new HttpRefusal(400, `the body is no snappy: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
}

/** @throws HttpRefusal 413 for a body that says that it becomes larger than it may. */
export function failIfExpands(body: Buffer, bounds: Bounds): void {
  let size = 0;
  for (let i = 0; i < longestVarint; i++) {
    const byte = body[i] ?? 0;
    size += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) break;
  }
  if (size > bounds.decompressedBody) throw refuseExpanded('snappy', bounds);
}
