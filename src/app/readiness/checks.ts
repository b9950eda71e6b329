// One check per way of being ready. Each resolves when the app is ready and never otherwise; ends of the app and
// time-outs are the business of wait.ts.
import { connect } from 'node:net';
import { sendHttp } from '../../clients/http.ts';
import { sleep } from '../../std/sleep.ts';
import type { CapturedLine } from '../output/capture.ts';
import type { AppPlan } from '../plan.ts';

type Condition = AppPlan['ready']['condition'];
type ConditionOf<K extends Condition['kind']> = Extract<Condition, { readonly kind: K }>;

export interface ReadyContext {
  /** Ports by variable, as the app's environment has them. */
  readonly ports: Readonly<Record<string, number>>;
  /** Ports that the process tree listens on now. */
  readonly readPorts: () => number[];
  /** Calls back for each line from now on; returns what ends that. */
  readonly onLine: (listener: (line: CapturedLine) => void) => () => void;
  readonly exited: Promise<unknown>;
  readonly exitCode: () => number | null;
  readonly signal: AbortSignal;
}

/** Names who asks: the preload leaves such requests out of the app's telemetry. */
export const probeUserAgent = 'obs-probe';

const probeTimeoutMs = 2000;
const blindProbeAfterMs = 1500;
/** Short while a start is being measured, longer for what does not come. */
const pollsMs = [
  { untilMs: 3000, everyMs: 5 },
  { untilMs: 15_000, everyMs: 25 },
  { untilMs: Number.POSITIVE_INFINITY, everyMs: 250 },
] as const;

type Check<K extends Condition['kind']> = (condition: ConditionOf<K>, context: ReadyContext) => Promise<void>;

export const readyChecks: { readonly [K in Condition['kind']]: Check<K> } = {
  none: async () => {},
  // Readiness is then the end itself.
  exit: (_condition, context) => waitFor(() => false, context),
  'log-text': ({ text }, context) => waitForLine((line) => line.includes(text), context),
  'log-pattern': ({ pattern, flags }, context) => {
    const wanted = new RegExp(pattern, flags);
    return waitForLine((line) => wanted.test(line), context);
  },
  port: ({ port }, context) => waitFor(() => takesConnections(context.ports[port] ?? Number(port)), context),
  'first-port': (_condition, context) => waitFor(() => context.readPorts().length > 0, context),
  http: ({ target }, context) => waitFor(makeHttpCheck(target, context), context),
};

async function waitFor(isSo: () => boolean | Promise<boolean>, { signal }: ReadyContext): Promise<void> {
  const startedAtMs = performance.now();
  while (!(await isSo())) {
    const waitedMs = performance.now() - startedAtMs;
    await sleep(pollsMs.find(({ untilMs }) => waitedMs < untilMs)?.everyMs ?? 250, signal);
  }
}

function waitForLine(isWanted: (line: string) => boolean, { onLine, signal }: ReadyContext): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = onLine(({ text }) => {
      if (!isWanted(text)) return;
      stop();
      resolve();
    });
    signal.addEventListener('abort', () => {
      stop();
      reject(signal.reason);
    });
  });
}

/** On either loopback address: what listens on localhost may be there over IPv6 only. */
async function takesConnections(port: number): Promise<boolean> {
  const tried = await Promise.all([tryConnect(port, '127.0.0.1'), tryConnect(port, '::1')]);
  return tried.includes(true);
}

function tryConnect(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: probeTimeoutMs });
    const finish = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
    socket.once('timeout', () => finish(false));
  });
}

/**
 * Requests that nobody answers would cost the app a share of the processor while it boots, so they are made only once it
 * listens, or after a while: what answers for it may be outside of its process tree.
 */
function makeHttpCheck(target: string, context: ReadyContext): () => Promise<boolean> {
  const beganAtMs = performance.now();
  const mayAnswer = (): boolean =>
    context.readPorts().length > 0 || performance.now() - beganAtMs > blindProbeAfterMs || /^https?:/.test(target);
  return async () => mayAnswer() && (await answers(target, context));
}

async function answers(target: string, { ports, readPorts, signal }: ReadyContext): Promise<boolean> {
  for (const url of listUrls(target, Object.values(ports)[0] ?? readPorts()[0])) {
    const headers = { 'user-agent': probeUserAgent };
    const call = { method: 'GET', url, headers, timeoutMs: probeTimeoutMs, signal } as const;
    const status = await sendHttp(call).then(
      (answer) => answer.status,
      () => Number.POSITIVE_INFINITY,
    );
    if (status < 400) return true;
  }
  return false;
}

function listUrls(target: string, port: number | undefined): string[] {
  if (/^https?:/.test(target)) return [target];
  if (port === undefined) return [];
  return ['127.0.0.1', '[::1]'].map((host) => `http://${host}:${port}${target.startsWith('/') ? '' : '/'}${target}`);
}
