// The label by which telemetry on shared servers is told apart by stack, and how each language asks for it.
// docs/decisions/0008 says why it is a label of streams and series, and an attribute of traces' resources.

/** Label of Loki's streams and of Prometheus's series. */
export const stackLabel = 'obs_stack';

/** Resource attribute of spans, in Tempo. */
export const stackAttribute = 'obs.stack';
