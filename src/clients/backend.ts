// One question to the HTTP API of Loki, Prometheus or Tempo, the same for every runtime: parameters in, parsed JSON out,
// and each way to fail as an error of its own.
import { ObsError } from '../errors/obs-error.ts';
import { asRecord, asText } from '../std/json-value.ts';
import { type HttpAnswer, HttpFailure, sendHttp } from './http.ts';

export type ServerName = 'Loki' | 'Prometheus' | 'Tempo';

export interface BackendOptions {
  readonly signal?: AbortSignal;
  /** Default 30 s, beyond which an answer is of no use to who waits for it. */
  readonly timeoutMs?: number;
}

export interface Backend extends BackendOptions {
  readonly server: ServerName;
  /** Base URL without a trailing slash. */
  readonly url: string;
  /** Told what an answer warns of in its header: Tempo's bodies have no place for it. */
  readonly onWarning?: (text: string) => void;
}

/** Parameters by name; undefined ones are left out. */
export type Parameters = Readonly<Record<string, string | number | readonly string[] | undefined>>;

const defaultTimeoutMs = 30_000;
// Node's HTTP server takes 16 KiB of headers; longer questions go as a form where the API knows them.
const maxUrlBytes = 6_000;

/** Asks and parses. `null` stands for 404. @throws ObsError OBS_BACKEND_… */
export async function askBackend(backend: Backend, path: string, parameters: Parameters = {}): Promise<unknown> {
  const encoded = encodeParameters(parameters);
  const answer = await send(backend, path, encoded);
  if (answer.status === 404) return null;
  if (answer.status < 200 || answer.status > 299) throw refusal(backend, answer, encoded);
  const warning = readWarning(answer.headers.warning);
  if (warning !== undefined) backend.onWarning?.(warning);
  return parseJson(backend, answer);
}

// `299 agent "text"`, https://www.rfc-editor.org/rfc/rfc7234#section-5.5
function readWarning(header: string | string[] | undefined): string | undefined {
  return /^\d{3} \S+ "(.*)"$/.exec(String(header ?? ''))?.[1];
}

async function send(backend: Backend, path: string, encoded: string): Promise<HttpAnswer> {
  const post = encoded.length > maxUrlBytes && backend.server !== 'Tempo';
  const url = `${backend.url}${path}${encoded === '' || post ? '' : `?${encoded}`}`;
  const accept = { accept: 'application/json' };
  try {
    return await sendHttp({
      method: post ? 'POST' : 'GET',
      url,
      timeoutMs: backend.timeoutMs ?? defaultTimeoutMs,
      headers: post ? { ...accept, 'content-type': 'application/x-www-form-urlencoded' } : accept,
      ...(post && { body: encoded }),
      ...(backend.signal && { signal: backend.signal }),
    });
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
    const { server } = backend;
    throw new ObsError(
      'OBS_BACKEND_UNREACHABLE',
      { server, url: backend.url, reason: error.message },
      { cause: error },
    );
  }
}

function encodeParameters(parameters: Parameters): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined) continue;
    for (const one of typeof value === 'object' ? value : [value]) search.append(name, String(one));
  }
  return search.toString();
}

function refusal({ server }: Backend, answer: HttpAnswer, encoded: string): ObsError {
  const text = answer.body.toString('utf8', 0, 2000).trim();
  const { status } = answer;
  const search = new URLSearchParams(encoded);
  const query = search.get('query') ?? search.get('q') ?? search.get('match[]') ?? encoded.slice(0, 500);
  const data = { server, status, reason: readReason(text) || 'no reason given', query };
  // 4xx says that the question is wrong; two of them say that the server could not cope.
  const failed = status >= 500 || status === 429 || status === 408;
  return new ObsError(failed ? 'OBS_BACKEND_FAILED' : 'OBS_BACKEND_REFUSED', data);
}

function readReason(text: string): string {
  try {
    const { error, message } = asRecord(JSON.parse(text));
    return asText(error) || asText(message) || text;
  } catch {
    return text; // Loki and Tempo refuse in plain text
  }
}

function parseJson({ server, url }: Backend, answer: HttpAnswer): unknown {
  const text = answer.body.toString('utf8');
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ObsError('OBS_BACKEND_GARBLED', { server, url, start: text.slice(0, 80) }, { cause });
  }
}

/** Nanoseconds since 1970 as decimal digits, from milliseconds with fractions. */
export function msToNs(ms: number): string {
  const whole = Math.floor(ms);
  return `${whole}${String(Math.floor((ms - whole) * 1e6)).padStart(6, '0')}`;
}
