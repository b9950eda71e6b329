// Control requests carry the token of the state file: only who may read that file may stop the stack.
import { createHash, timingSafeEqual } from 'node:crypto';
import { HttpRefusal } from '../http/refusal.ts';
import type { ApiHandler } from '../http/types.ts';

/** Wraps a handler so that it is reached only with `authorization: Bearer <token>`; else 401. */
export function requireToken(token: string, handler: ApiHandler): ApiHandler {
  const wanted = digest(`Bearer ${token}`);
  return (request) => {
    if (!timingSafeEqual(digest(request.headers.authorization ?? ''), wanted))
      throw new HttpRefusal(401, 'the token of state.json is missing or wrong', {
        headers: { 'www-authenticate': 'Bearer' },
      });
    return handler(request);
  };
}

// Digests have one length, which timingSafeEqual wants.
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
