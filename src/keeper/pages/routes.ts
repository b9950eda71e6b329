// What web pages get from the keeper: a script that instruments them, and the answer to whose pages they are. Both are
// for pages on loopback only, since the guard refuses all others.
import { readFileSync } from 'node:fs';
import { identityAttribute } from '../../model/attributes.ts';
import { type PageIdentity, pageServiceSuffix } from '../../model/page-identity.ts';
import type { RunRecord } from '../../model/run.ts';
import type { StackState } from '../../model/stack-state.ts';
import { findDistFile } from '../../std/package-root.ts';
import { jsonAnswer } from '../control/json.ts';
import { HttpRefusal } from '../http/refusal.ts';
import type { ApiResponse, Route } from '../http/types.ts';

export interface PageParts {
  readonly file: { readonly state: StackState };
}

/** GET /obs/browser.js and GET /obs/browser; neither needs a token. */
export function makePageRoutes({ file }: PageParts): Route[] {
  return [
    { method: 'GET', path: '/obs/browser.js', forPages: true, handler: serveLoader },
    {
      method: 'GET',
      path: '/obs/browser',
      forPages: true,
      handler: ({ headers }) => jsonAnswer(describePage(file.state, headers.origin)),
    },
  ];
}

function serveLoader(): ApiResponse {
  let body: Buffer;
  try {
    body = readFileSync(findDistFile('browser/loader.js'));
  } catch (cause) {
    throw new HttpRefusal(404, 'this build of obs has no browser loader', { cause });
  }
  // A page that is loaded again after an update of obs gets the new one.
  const headers = { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'no-cache' };
  return { status: 200, headers, body };
}

/** The page belongs to the app on whose port it was loaded; a page from elsewhere only to the stack. */
export function describePage(state: StackState, origin: string | undefined): PageIdentity {
  const run = findRun(state.runs, origin);
  const attributes: Record<string, string | null | undefined> = {
    [identityAttribute.worktree]: state.worktree,
    [identityAttribute.stack]: state.stackId,
    [identityAttribute.runId]: run?.runId,
    [identityAttribute.branch]: run === undefined ? state.branch : run.branch,
    [identityAttribute.commit]: run?.commit,
  };
  const known = Object.entries(attributes).filter((pair): pair is [string, string] => pair[1] != null);
  return {
    service: run === undefined ? 'browser' : `${run.service}${pageServiceSuffix}`,
    attributes: Object.fromEntries(known),
  };
}

function findRun(runs: readonly RunRecord[], origin: string | undefined): RunRecord | undefined {
  if (origin === undefined || !URL.canParse(origin)) return undefined;
  const port = Number(new URL(origin).port);
  return runs.findLast(({ endedAtMs, ports }) => endedAtMs === null && Object.values(ports).includes(port));
}
