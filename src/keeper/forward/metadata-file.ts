// Type, unit and help of metrics outlive the keeper of a forwarding stack: no server behind it keeps them, and there is no
// log of everything from which they could be learned again.
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../../std/atomic-file.ts';
import type { MetricMetadata } from '../control/metric-metadata.ts';

const metadataSchema = z.record(
  z.string(),
  z.array(z.object({ type: z.string(), unit: z.string(), help: z.string() })),
);

export class MetadataFile {
  private readonly path: string;
  private readonly metadata: MetricMetadata;
  private savedChanges: number;

  /** Fills `metadata` from the file; one that cannot be read counts as none. */
  constructor(path: string, metadata: MetricMetadata) {
    this.path = path;
    this.metadata = metadata;
    metadata.restore(readFacts(path));
    this.savedChanges = metadata.changes;
  }

  /** Writes the file if there is something new. A disk that refuses is asked again the next time. */
  save(): void {
    const { changes } = this.metadata;
    if (changes === this.savedChanges) return;
    try {
      mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
      writeFileAtomic(this.path, JSON.stringify(this.metadata.list()), { mode: 0o600 });
      this.savedChanges = changes;
    } catch {
      // The queue, which is written to the same disk, tells of it.
    }
  }
}

function readFacts(path: string): z.infer<typeof metadataSchema> {
  try {
    return metadataSchema.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data ?? {};
  } catch {
    return {};
  }
}
