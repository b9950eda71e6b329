// Whether a program seems to have an SDK for logs built in, and so may send the lines itself that it prints: asked before
// it starts, since a line that is recorded cannot be taken back when its double comes.
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Names that only programs hold which send logs over OTLP: packages of SDKs, and what joins them to a logger. */
const markers = [
  'go.opentelemetry.io/otel/sdk/log',
  'opentelemetry-appender-', // Rust: to `tracing` and to `log`
  'opentelemetry2v13sdk4logs', // C++, as its compilers write names
  'OpenTelemetry.Exporter.OpenTelemetryProtocol', // .NET
  'opentelemetry.sdk._logs', // Python
  'opentelemetry-logback-appender',
  'opentelemetry-log4j-appender',
  'opentelemetry-spring-boot',
  'opentelemetry-logs-sdk', // Ruby
  'open-telemetry/opentelemetry-logger-monolog', // PHP
].map((name) => Buffer.from(name));

const chunkBytes = 1_048_576;
/** Larger than programs are; the rest of such a file is not looked at. */
const maxFileBytes = 268_435_456;
/** A marker may lie across the border of two chunks. */
const overlapBytes = Math.max(...markers.map((marker) => marker.length)) - 1;

/** Whether one of the files (programs, archives, lists of packages) names an SDK for logs; false for what cannot be read. */
export async function namesLogSdk(files: readonly string[]): Promise<boolean> {
  const answers = await Promise.all(files.map((file) => holdsMarker(file).catch(() => false)));
  return answers.includes(true);
}

/** Absolute paths of the files of a folder whose names match; none if it cannot be read. */
export async function listMatching(folder: string, name: RegExp): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((one) => name.test(one)).map((one) => join(folder, one));
}

async function holdsMarker(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    return await scan(file);
  } finally {
    await file.close();
  }
}

async function scan(file: FileHandle): Promise<boolean> {
  const buffer = Buffer.alloc(overlapBytes + chunkBytes);
  let kept = 0;
  for (let at = 0; at < maxFileBytes; ) {
    const { bytesRead } = await file.read(buffer, kept, chunkBytes, at);
    if (bytesRead === 0) return false;
    at += bytesRead;
    const seen = buffer.subarray(0, kept + bytesRead);
    if (markers.some((marker) => seen.includes(marker))) return true;
    kept = Math.min(overlapBytes, seen.length);
    seen.copy(buffer, 0, seen.length - kept);
  }
  return false;
}
