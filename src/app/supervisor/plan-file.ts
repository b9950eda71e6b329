// The plan of a detached app as a file in the stack's folder, for its supervisor and for a later restart. What the app
// inherits stays out of it: environments hold secrets, and no folder of a stack does. Whoever reads it inherits the same.
import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { type AppPlan, appPlanSchema } from '../plan.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** `env` holds what is not inherited as it is; `unset` names what is inherited and not passed on. */
const planFileSchema = appPlanSchema.extend({ unset: z.array(z.string()).default([]) });

/** What a supervisor inherits of an environment: it is not the app, so it must not observe itself. */
export function pickInherited(env: Environment): Record<string, string> {
  const kept = Object.entries(env).filter(([name]) => !/^(?:OTEL_|NODE_OPTIONS$)/.test(name));
  return Object.fromEntries(kept.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

/** Writes a plan for a reader that will have `inherited` as its environment. */
export function writePlanFile(file: string, plan: AppPlan, inherited: Environment): void {
  const env = Object.fromEntries(Object.entries(plan.env).filter(([name, value]) => inherited[name] !== value));
  const unset = Object.keys(inherited).filter((name) => plan.env[name] === undefined);
  writeFileSync(file, JSON.stringify({ ...plan, env, unset }), { mode: 0o600 });
}

/** The plan of a file, with what is inherited now. */
export function readPlanFile(file: string, inherited: Environment): AppPlan {
  const { unset, ...plan } = planFileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const dropped = new Set(unset);
  const kept = Object.entries(inherited).filter(([name]) => !dropped.has(name));
  const passedOn = Object.fromEntries(kept.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
  return { ...plan, env: { ...passedOn, ...plan.env } };
}
