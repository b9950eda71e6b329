// Makes room for the loader in a page's Content-Security-Policy header: its script may be loaded, and may send to the
// stack. Nothing else is loosened. https://www.w3.org/TR/CSP3/

type Directives = Map<string, string[]>;

/** The policy with the stack's origin in it. */
export function allowStack(policy: string, origin: string): string {
  // A header may hold several policies, each of which has to agree.
  return policy
    .split(',')
    .map((one) => {
      const directives = parse(one);
      for (const name of ['script-src-elem', 'script-src', 'connect-src']) allow(directives, name, origin);
      return [...directives].map((words) => words.flat().join(' ')).join('; ');
    })
    .join(', ');
}

/** The nonce by which the page's own scripts are let in; undefined if it has none. */
export function readNonce(policy: string): string | undefined {
  return /'nonce-([\w+/=-]+)'/.exec(policy)?.[1];
}

function parse(policy: string): Directives {
  const entries = policy
    .split(';')
    .map((text) => text.trim().split(/\s+/))
    .filter(([name]) => name !== '');
  return new Map(entries.map(([name = '', ...sources]) => [name.toLowerCase(), sources]));
}

function allow(directives: Directives, name: string, origin: string): void {
  // What is not said at all is as default-src says; without that, everything is allowed. script-src-elem falls back to
  // script-src, which is treated in its own right.
  const fallback = name === 'script-src-elem' ? undefined : directives.get('default-src');
  const sources = directives.get(name) ?? fallback;
  if (sources === undefined || sources.includes('*')) return;
  directives.set(name, [...sources.filter((source) => source !== "'none'"), origin]);
}
