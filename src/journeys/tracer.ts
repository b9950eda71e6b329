// Spans of journeys, written by obs itself: a root for each iteration and a child for each step. The SDK is loaded only
// when a journey runs, and registers nothing globally, so that journeys of two worktrees in one process keep apart.
import {
  context,
  type ProxyTracerProvider,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { obsScopeName } from '../model/attributes.ts';

export interface TracerOptions {
  /** Where OTLP spans go: `endpoints.otlpTraces`. */
  readonly url: string;
  /** Resource attributes besides `service.name`, which is `obs`. */
  readonly resource: Readonly<Record<string, string>>;
}

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** A span that has been started. */
export interface OpenSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** W3C Trace Context, level 1: what makes a request a child of this span. */
  readonly traceparent: string;
  startChild(
    name: string,
    options: { readonly kind: 'client' | 'internal'; readonly attributes: SpanAttributes },
  ): OpenSpan;
  setAttributes(attributes: SpanAttributes): void;
  /** Ends it; with a failure its status is error. */
  end(failure: string | null): void;
}

export interface JourneyTracer {
  startRoot(name: string, attributes: SpanAttributes): OpenSpan;
  /** Sends what is not sent yet, and ends. */
  close(): Promise<void>;
}

/** Starts the SDK for one invocation of a journey. */
export async function startTracer(options: TracerOptions): Promise<JourneyTracer> {
  const [{ NodeSDK, resources, tracing }, { OTLPTraceExporter }] = await Promise.all([
    import('@opentelemetry/sdk-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
  ]);
  return withoutOtelVariables(() => {
    const sdk = new NodeSDK({
      serviceName: 'obs',
      resource: resources.resourceFromAttributes({ ...options.resource }),
      autoDetectResources: false,
      sampler: new tracing.AlwaysOnSampler(),
      spanProcessors: [
        new tracing.BatchSpanProcessor(new OTLPTraceExporter({ url: options.url }), { scheduledDelayMillis: 100 }),
      ],
      metricReaders: [],
      logRecordProcessors: [],
      instrumentations: [],
      textMapPropagator: null,
    });
    sdk.start();
    const tracer = takeTracer();
    return { startRoot: (name, attributes) => startSpan(tracer, { name, attributes }), close: () => sdk.shutdown() };
  });
}

// NodeSDK registers its provider for the whole process. It is taken back at once, and used directly.
function takeTracer(): Tracer {
  const registered = trace.getTracerProvider();
  trace.disable();
  context.disable();
  // Not instanceof: bundled, the SDK has its own copy of the API, and with it its own class of this proxy.
  const provider = 'getDelegate' in registered ? (registered as ProxyTracerProvider).getDelegate() : registered;
  return provider.getTracer(obsScopeName);
}

// Variables meant for the apps of whoever calls obs would switch our SDK off, or send its spans elsewhere.
function withoutOtelVariables<T>(act: () => T): T {
  const hidden = Object.entries(process.env).filter(([name]) => name.startsWith('OTEL_'));
  for (const [name] of hidden) delete process.env[name];
  try {
    return act();
  } finally {
    for (const [name, value] of hidden) process.env[name] = value;
  }
}

interface SpanRequest {
  readonly name: string;
  readonly attributes: SpanAttributes;
  readonly kind?: 'client' | 'internal';
  readonly parent?: Span;
}

function startSpan(tracer: Tracer, request: SpanRequest): OpenSpan {
  const parent = request.parent === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, request.parent);
  const kind = request.kind === 'client' ? SpanKind.CLIENT : SpanKind.INTERNAL;
  const span = tracer.startSpan(request.name, { kind, attributes: { ...request.attributes } }, parent);
  const { traceId, spanId } = span.spanContext();
  return {
    traceId,
    spanId,
    traceparent: `00-${traceId}-${spanId}-01`,
    startChild: (name, options) => startSpan(tracer, { name, ...options, parent: span }),
    setAttributes: (attributes) => span.setAttributes({ ...attributes }),
    end(failure) {
      if (failure !== null) span.setStatus({ code: SpanStatusCode.ERROR, message: failure });
      span.end();
    },
  };
}
