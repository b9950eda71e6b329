// What a step of a journey is given, and what it says afterwards.

import type { CookieJar } from './cookies.ts';
import type { OpenSpan } from './tracer.ts';

export interface StepContext {
  readonly span: OpenSpan;
  /** W3C Baggage: the journey's name, id and iteration. */
  readonly baggage: string;
  /** Base URL of the journey's app; null where none is known. */
  readonly baseUrl: string | null;
  /** Cookies of this iteration: each iteration is a fresh user. */
  readonly cookies: CookieJar;
  /** Variables for shell steps, beneath those that the step itself sets. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder that relative paths start from. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

export interface StepOutcome {
  /** What failed, in one line; null if it did what was expected. */
  readonly failure: string | null;
}
