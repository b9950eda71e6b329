// Which instrumentations are used: OTEL_NODE_ENABLED_INSTRUMENTATIONS and OTEL_NODE_DISABLED_INSTRUMENTATIONS, as the
// official package @opentelemetry/auto-instrumentations-node reads them.

/** Off unless asked for by name: they make a span for every file, look-up and connection. */
const onRequestOnly = new Set(['fs', 'dns', 'net']);

/** The chunks to load, by package; packages without any are left out. */
export function chooseChunks(
  watched: Readonly<Record<string, readonly string[]>>,
  env: Readonly<Record<string, string | undefined>>,
): Map<string, readonly string[]> {
  const enabled = readList(env.OTEL_NODE_ENABLED_INSTRUMENTATIONS);
  const disabled = readList(env.OTEL_NODE_DISABLED_INSTRUMENTATIONS) ?? [];
  const isChosen = (chunk: string): boolean =>
    !disabled.includes(chunk) && (enabled?.includes(chunk) ?? !onRequestOnly.has(chunk));
  const chosen = Object.entries(watched).map(([name, chunks]) => [name, chunks.filter(isChosen)] as const);
  return new Map(chosen.filter(([, chunks]) => chunks.length > 0));
}

function readList(text: string | undefined): string[] | undefined {
  return text ? text.split(',').map((item) => item.trim()) : undefined;
}
