// A page's own OpenTelemetry, as a bundler puts it into the page: it keeps its spans to itself, in `ownSpans`.
import { context, propagation, trace } from '@opentelemetry/api';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { FetchInstrumentation } from '@opentelemetry/instrumentation-fetch';
import { SimpleSpanProcessor, WebTracerProvider } from '@opentelemetry/sdk-trace-web';

globalThis.ownSpans = [];
const exporter = {
  export: (spans, done) => {
    globalThis.ownSpans.push(...spans.map(({ name }) => name));
    done({ code: 0 });
  },
  shutdown: async () => undefined,
};
new WebTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
registerInstrumentations({ instrumentations: [new FetchInstrumentation()] });
trace.getTracer('page').startActiveSpan('own work', async (span) => {
  globalThis.ownHeaders = {};
  propagation.inject(context.active(), globalThis.ownHeaders);
  await fetch('/api/items');
  span.end();
});
