// What `obs discover` answers: the structured half.
import { z } from 'zod';
import { windowOutput } from './window.ts';

const nameSchema = z.object({
  /** As it is written in a query. */
  name: z.string(),
  values: z.array(z.string()),
  valueCount: z.number(),
});
export type NamedValues = z.infer<typeof nameSchema>;

const metricSchema = z.object({ name: z.string(), type: z.string(), unit: z.string(), help: z.string() });
export type MetricRow = z.infer<typeof metricSchema>;

export const discoverAnswerSchema = z.object({
  window: windowOutput,
  services: z.array(z.string()),
  /** Stream labels of LogQL. */
  logs: z.array(nameSchema).nullable(),
  labelCount: z.number().nullable(),
  metrics: z.array(metricSchema).nullable(),
  /** How many there are; fewer are listed if the answer was cut. */
  metricCount: z.number().nullable(),
  /** Attributes of TraceQL. */
  traces: z.array(nameSchema).nullable(),
  attributeCount: z.number().nullable(),
});
export type DiscoverAnswer = z.infer<typeof discoverAnswerSchema>;
