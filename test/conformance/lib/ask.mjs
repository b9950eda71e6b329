// Turns a case into an HTTP request, and the answer into the same normal form as the recorded one.
import { gzipSync } from 'node:zlib';
import { languages } from './languages.mjs';

const timeoutMs = 30_000;

/** Asks one case. `targets` has a base URL per server and complete OTLP URLs per signal under `otlp`. */
export async function ask(language, testCase, { targets, clock }) {
  const { url, init } = makeRequest(language, testCase, { targets, clock });
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = await fetch(url, { ...init, signal: AbortSignal.timeout(timeoutMs) });
      return normalise(language, testCase, { status: response.status, text: await response.text(), clock });
    } catch (error) {
      // Once more after a network error: a server may close a kept-alive connection just as it is used again.
      if (attempt > 1 || error.name === 'TimeoutError' || error.cause === undefined) throw error;
    }
  }
}

export function makeRequest(language, testCase, { targets, clock }) {
  if (testCase.type === 'otlp') return makeExport(language, testCase, targets);
  const { kinds, server } = languages[language];
  const kind = kinds[testCase.type];
  if (kind === undefined) throw new Error(`unknown type ${language}/${testCase.type}`);
  const parameters = makeParameters(language, testCase, clock);
  const url = targets[server] + kind.path.replace('{name}', encodeURIComponent(testCase.name ?? ''));
  const method = testCase.method ?? 'GET';
  const headers = { ...testCase.headers };
  if (method === 'POST') {
    headers['content-type'] = 'application/x-www-form-urlencoded';
    return { url, init: { method, headers, body: parameters.toString() } };
  }
  return { url: parameters.size > 0 ? `${url}?${parameters}` : url, init: { method, headers } };
}

function makeParameters(language, testCase, clock) {
  const { queryParameter, time } = languages[language];
  const at = (offsetS) => (offsetS === undefined ? undefined : time(clock, offsetS));
  const fill = (text) => (text === undefined ? undefined : clock.fill(text));
  const pairs = [
    [queryParameter, fill(testCase.query)],
    ['time', at(testCase.at)],
    ['start', at(testCase.start)],
    ['end', at(testCase.end)],
    ['step', testCase.step],
    ['limit', testCase.limit],
    ['direction', testCase.direction],
    ...(testCase.match ?? []).map((one) => ['match[]', fill(one)]),
    ...Object.entries(testCase.params ?? {}).flatMap(([key, value]) => [value].flat().map((one) => [key, fill(one)])),
  ];
  const parameters = new URLSearchParams();
  for (const [key, value] of pairs) if (value !== undefined && value !== null) parameters.append(key, value);
  return parameters;
}

// A raw OTLP/HTTP post: the body as given, gzipped if the case says so.
function makeExport(language, testCase, targets) {
  const method = testCase.method ?? 'POST';
  const plain =
    testCase.base64 === undefined ? Buffer.from(testCase.body ?? '') : Buffer.from(testCase.base64, 'base64');
  const headers = {
    'content-type': 'application/json',
    ...(testCase.gzip && { 'content-encoding': 'gzip' }),
    ...testCase.headers,
  };
  const body = testCase.gzip ? gzipSync(plain) : plain;
  return {
    url: targets.otlp[languages[language].signal],
    init: { method, headers, ...(method !== 'GET' && { body }) },
  };
}

/** An answer in the normal form. */
export function normalise(language, testCase, { status, text, clock }) {
  if (testCase.type === 'otlp') return { status, data: null };
  const { normalise: read, normaliseError } = languages[language];
  const json = parseJson(text);
  if (status < 200 || status >= 300) return { status, ...normaliseError(json, text, clock) };
  return json === undefined ? { status, text: clock.scrub(text) } : { status, ...read(testCase.type, json, clock) };
}

function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
