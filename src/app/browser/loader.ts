// Runs in a web page: reports its load, its fetches and its uncaught errors to the stack that served this script, joined
// with the backend's traces. It brings its own copy of OpenTelemetry's API, so that a page that uses OpenTelemetry itself
// keeps that to itself. Bundled by .ci/build.mjs into dist/browser/loader.js.
import { context, propagation } from '@opentelemetry/api';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { DocumentLoadInstrumentation } from '@opentelemetry/instrumentation-document-load';
import { FetchInstrumentation } from '@opentelemetry/instrumentation-fetch';
import { XMLHttpRequestInstrumentation } from '@opentelemetry/instrumentation-xml-http-request';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { BatchSpanProcessor, StackContextManager, WebTracerProvider } from '@opentelemetry/sdk-trace-web';
import { identityAttribute } from '../../model/attributes.ts';
import type { PageIdentity } from '../../model/page-identity.ts';
import { watchErrors } from './errors.ts';
import { WithoutOwnRequests } from './own-requests.ts';
import { page } from './page.ts';
import { PagePropagator } from './propagator.ts';

/** As for every app that obs boots: a query right after a request finds its spans. */
const batchDelayMs = 100;

interface Place {
  /** Origin of the stack's OTLP/HTTP port. */
  readonly stack: string;
  /** `data-service` of the script tag. */
  readonly service: string | undefined;
  /** `data-propagate`: origins besides the page's own whose requests carry the trace; their CORS must allow it. */
  readonly propagateTo: readonly string[];
}

const place = findPlace();
if (place !== undefined && page.obsBrowser !== true) {
  page.obsBrowser = true;
  start(place);
}

// Known only while the script runs for the first time.
function findPlace(): Place | undefined {
  const script = page.document.currentScript;
  if (script === null) return undefined;
  const { service, propagate = '' } = script.dataset;
  return { stack: new URL(script.src).origin, service, propagateTo: propagate.split(/[\s,]+/).filter(Boolean) };
}

function start({ stack, service, propagateTo }: Place): void {
  const resource = makeResource(stack, service);
  const scheduledDelayMillis = batchDelayMs;
  const spans = new OTLPTraceExporter({ url: `${stack}/v1/traces` });
  const logs = new OTLPLogExporter({ url: `${stack}/v1/logs` });
  const tracerProvider = new WebTracerProvider({
    resource,
    spanProcessors: [new WithoutOwnRequests(stack, new BatchSpanProcessor(spans, { scheduledDelayMillis }))],
  });
  context.setGlobalContextManager(new StackContextManager().enable());
  propagation.setGlobalPropagator(new PagePropagator());
  // The stack's own requests, and those that it gets, are no part of the page.
  const options = { ignoreUrls: [new RegExp(`^${stack}/`)], propagateTraceHeaderCorsUrls: [...propagateTo] };
  registerInstrumentations({
    tracerProvider,
    instrumentations: [
      new DocumentLoadInstrumentation(),
      new FetchInstrumentation(options),
      new XMLHttpRequestInstrumentation(options),
    ],
  });
  const loggerProvider = new LoggerProvider({
    resource,
    processors: [new BatchLogRecordProcessor({ exporter: logs, scheduledDelayMillis })],
  });
  watchErrors(loggerProvider.getLogger('obs-browser'));
}

/** Whose page this is, the stack tells; spans wait for it. */
function makeResource(stack: string, service: string | undefined) {
  const asked: Promise<PageIdentity | undefined> = page
    .fetch(`${stack}/obs/browser`)
    // The keeper and this script are of one build.
    .then((answer) => answer.json() as Promise<PageIdentity>)
    .catch(() => undefined);
  return resourceFromAttributes({
    'service.name': service ?? asked.then((known) => known?.service ?? 'browser'),
    'service.instance.id': page.crypto.randomUUID?.() ?? String(Math.random()).slice(2),
    'telemetry.sdk.name': 'opentelemetry',
    'telemetry.sdk.language': 'webjs',
    'user_agent.original': page.navigator.userAgent,
    ...Object.fromEntries(
      Object.values(identityAttribute).map((name) => [name, asked.then((known) => known?.attributes[name])]),
    ),
  });
}
