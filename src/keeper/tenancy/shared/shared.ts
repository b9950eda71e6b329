// The tenancy of servers that other stacks write to, too: docs/decisions/0008.
import type { Tenancy } from '../tenancy.ts';
import { lokiRules } from './loki.ts';
import { makeMarker } from './marker.ts';
import { prometheusRules } from './prometheus.ts';
import { makeNarrower } from './rules.ts';
import { tempoRules } from './tempo.ts';

/** Keeps a stack to what is its own. */
export function makeSharedTenancy(stackId: string): Tenancy {
  return {
    narrowers: {
      loki: makeNarrower('Loki', lokiRules, stackId),
      prometheus: makeNarrower('Prometheus', prometheusRules, stackId),
      tempo: makeNarrower('Tempo', tempoRules, stackId),
    },
    marker: makeMarker(stackId),
  };
}
