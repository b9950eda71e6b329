// Loads the recorded OTLP/HTTP JSON exports with all times moved to T0, and waits until they can be read back.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from './ask.mjs';
import { compare } from './compare.mjs';
import { languages } from './languages.mjs';

const timeKeys = new Set(['timeUnixNano', 'observedTimeUnixNano', 'startTimeUnixNano', 'endTimeUnixNano']);
const pollMs = 100;

const readJson = (folder, name) => JSON.parse(readFileSync(join(folder, name), 'utf8'));

/** Sends all exports of a language's signal; yields a difference or undefined for each. */
export async function loadSignal(language, { folder, targets, clock, options }) {
  const { signal } = languages[language];
  const recorded = readJson(folder, 'answers.json').filter((one) => one.signal === signal);
  const { requests } = readJson(folder, `${signal}.json`);
  const outcomes = [];
  for (const [index, { body, note }] of requests.entries()) {
    const wanted = recorded.find((one) => one.index === index)?.status ?? 200;
    const response = await fetch(targets.otlp[signal], {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(moveTimes(body, clock.t0Ns)),
    });
    const text = await response.text();
    const why = isAsWanted(wanted, response.status, options)
      ? undefined
      : `expected HTTP ${wanted} got ${response.status}: ${text.slice(0, 300)}`;
    outcomes.push({ id: `${signal} request ${index}${note ? ` (${note})` : ''}`, why });
  }
  return outcomes;
}

// A refusal has to be some refusal; the very status only when errors are compared exactly.
function isAsWanted(wanted, status, { exactErrors }) {
  if (wanted < 300) return status >= 200 && status < 300;
  return exactErrors ? status === wanted : status >= 400;
}

/** A recorded export with its times moved to T0. */
export function moveTimes(value, t0Ns) {
  if (Array.isArray(value)) return value.map((one) => moveTimes(one, t0Ns));
  if (!value || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      timeKeys.has(key) && typeof one === 'string' ? String(BigInt(one) + t0Ns) : moveTimes(one, t0Ns),
    ]),
  );
}

/** Waits until the newest data can be read back; returns what was still different at the end. */
export async function waitUntilVisible(language, { folder, targets, clock, timeoutMs }) {
  const probe = readJson(folder, 'probes.json')[language]?.case;
  const end = Date.now() + timeoutMs;
  for (;;) {
    const actual = await ask(language, probe, { targets, clock });
    const why = compare(language, probe, { expected: probe.expected, actual, options: {} });
    if (!why || Date.now() > end) return why;
    await sleep(pollMs);
  }
}
