// An HTTP step: one request with the trace's context, and the status it expects.

import { HttpFailure, sendHttp } from '../clients/http.ts';
import type { HttpStep } from '../config/journey.ts';
import type { StepContext, StepOutcome } from './step.ts';

const maxAnswerBytes = 64 * 1024 * 1024;
const shownBodyChars = 200;

/** Sends the request of a step. A status that is not expected, or no answer at all, is a failure, not an exception. */
export async function runHttpStep(step: HttpStep, context: StepContext): Promise<StepOutcome> {
  const url = resolveTarget(step.target, context.baseUrl);
  if (url === null)
    return { failure: `${JSON.stringify(step.target)} is a path, but the address of the app is not known` };
  const { body, contentType } = encodeBody(step);
  const { span, cookies, signal } = context;
  span.setAttributes({ 'http.request.method': step.method, 'url.full': url.href, 'server.address': url.hostname });
  try {
    const answer = await sendHttp({
      method: step.method,
      url: url.href,
      headers: {
        ...(contentType !== null && { 'content-type': contentType }),
        ...cookieHeader(cookies.headerFor(url)),
        ...step.headers,
        traceparent: span.traceparent,
        baggage: context.baggage,
      },
      ...(body !== null && { body }),
      timeoutMs: step.timeoutMs,
      maxBytes: maxAnswerBytes,
      signal,
    });
    const { 'set-cookie': setCookie } = answer.headers;
    cookies.store(url, typeof setCookie === 'string' ? [setCookie] : (setCookie ?? []));
    span.setAttributes({ 'http.response.status_code': answer.status });
    return { failure: judgeStatus(step, answer.status, answer.body) };
  } catch (error) {
    if (error instanceof HttpFailure) return { failure: error.message };
    throw error;
  }
}

function resolveTarget(target: string, baseUrl: string | null): URL | null {
  if (/^https?:\/\//.test(target)) return new URL(target);
  return baseUrl === null ? null : new URL(target, baseUrl);
}

function encodeBody(step: HttpStep): { body: string | null; contentType: string | null } {
  if (step.json !== undefined) return { body: JSON.stringify(step.json), contentType: 'application/json' };
  if (step.form !== null)
    return { body: new URLSearchParams(step.form).toString(), contentType: 'application/x-www-form-urlencoded' };
  return { body: step.body, contentType: null };
}

function cookieHeader(cookie: string | undefined): Record<string, string> {
  return cookie === undefined ? {} : { cookie };
}

function judgeStatus(step: HttpStep, status: number, body: Buffer): string | null {
  const isExpected = step.expect === null ? status < 400 : step.expect.includes(status);
  if (isExpected) return null;
  const expected = step.expect === null ? 'a status below 400' : step.expect.join(' or ');
  const text = body
    .toString('utf8', 0, shownBodyChars * 4)
    .replace(/\s+/g, ' ')
    .slice(0, shownBodyChars)
    .trim();
  return `${step.method} ${step.target} answered ${status}, expected ${expected}${text === '' ? '' : `: ${text}`}`;
}
