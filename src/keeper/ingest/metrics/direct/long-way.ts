// The one way out of the short way in.

/** Thrown where an export has to be decoded whole: it is malformed, refused, rare, or holds a secret. */
export class TakeLongWay extends Error {}
