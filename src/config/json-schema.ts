// The schema of obs.yaml for editors, published as docs/schema/obs.schema.json.
import { z } from 'zod';
import { configSchema } from './schema.ts';

/** JSON Schema (draft 7, which editors know best) of what a person may write into obs.yaml. */
export function makeConfigJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(configSchema, { io: 'input', target: 'draft-7', unrepresentable: 'any' });
  return { ...schema, title: 'obs.yaml', description: 'Apps, journeys and budgets of a worktree, for obs.' };
}
