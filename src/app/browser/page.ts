// As much of a web page as the loader touches. The rest of obs runs in Node, whose types the DOM's would hide.

/** https://developer.mozilla.org/docs/Web/API/PerformanceServerTiming */
interface ServerTiming {
  readonly name: string;
  readonly description: string;
}

interface ErrorLike {
  readonly error?: unknown;
  readonly reason?: unknown;
  readonly message?: string;
}

export interface Page {
  readonly document: {
    readonly currentScript: {
      readonly src: string;
      readonly dataset: Readonly<Record<string, string | undefined>>;
    } | null;
  };
  readonly location: { readonly origin: string; readonly href: string };
  readonly navigator: { readonly userAgent: string };
  readonly crypto: { readonly randomUUID?: () => string };
  readonly performance: {
    readonly getEntriesByType: (type: 'navigation') => readonly { readonly serverTiming?: readonly ServerTiming[] }[];
  };
  readonly addEventListener: (type: 'error' | 'unhandledrejection', listen: (event: ErrorLike) => void) => void;
  readonly fetch: (url: string) => Promise<{ readonly json: () => Promise<unknown> }>;
  /** Set by the first loader of the page: a second one would report everything twice. */
  obsBrowser?: true;
}

// The loader is bundled for browsers only.
export const page = globalThis as unknown as Page;
