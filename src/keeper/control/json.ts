// JSON in and out of the control interface.
import type { z } from 'zod';
import { HttpRefusal } from '../http/refusal.ts';
import type { ApiResponse } from '../http/types.ts';

export function jsonAnswer(value: unknown, status = 200): ApiResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

/** The body as `schema` has it; an empty body counts as `{}`. @throws HttpRefusal 400 that names the first fault. */
export function readJson<T>(schema: z.ZodType<T>, body: Buffer): T {
  let json: unknown;
  try {
    json = body.length === 0 ? {} : JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new HttpRefusal(400, `the body is no JSON: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new HttpRefusal(400, `${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'invalid'}`);
}
