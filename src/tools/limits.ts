// How long an answer to an agent may be. Clients cut longer ones in places of their own choosing.

/** Tokens by default, at least and at most; a token is estimated as 3.5 bytes of UTF-8. */
export const defaultMaxTokens = 4_000;
export const leastMaxTokens = 500;
export const hardMaxTokens = 8_000;
