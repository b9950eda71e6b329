// Bodies in snappy's block format, which say at their beginning how large they become.
import type { Bounds } from '../../model/limits.ts';
import { MalformedSnappy, readSnappyLength, uncompressSnappy } from '../../wire/snappy.ts';
import { refuseExpanded } from './body.ts';
import { HttpRefusal } from './refusal.ts';

/** The plain body. @throws HttpRefusal 413 beyond the limit, 400 for what is no snappy */
export function uncompress(body: Buffer, bounds: Bounds): Buffer {
  try {
    if (readSnappyLength(body) > bounds.decompressedBody) throw refuseExpanded('snappy', bounds);
    return uncompressSnappy(body, bounds.decompressedBody);
  } catch (cause) {
    if (!(cause instanceof MalformedSnappy)) throw cause;
    throw new HttpRefusal(400, `the body is no snappy: ${cause.message}`, { cause });
  }
}
