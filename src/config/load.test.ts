// obs.yaml as people write it, right and wrong: what is taken, and how exactly each mistake is named.
import { describe, expect, test } from 'vitest';
import { parseConfig } from './load.ts';

/** The example of the contract. */
const contractExample = `
runtime: auto
apps:
  web:
    command: npm start
    ports: { PORT: auto }
    ready: { http: /healthz }
    metrics: /metrics
journeys:
  checkout:
    tags: [critical]
    app: web
    repeat: 5
    warmup: 1
    steps:
      - http: { post: /cart, json: { item: 1 } }
      - http: { get: /checkout, expect: 200 }
      - run: node scripts/pay.js
budgets:
  - "startup < 800ms"
  - "no span in critical journeys > 2s"
  - 'p95(span "GET /checkout") < 300ms over 20 samples'
  - name: no error lines
    assert: 'logs {service_name="web"} | detected_level="error" == 0'
    level: warn
`;

const parse = (text: string) => parseConfig(text, 'obs.yaml').config;

describe('obs.yaml', () => {
  test('of the contract is taken as it stands', () => {
    const config = parse(contractExample);
    expect(config.apps.web).toMatchObject({
      command: 'npm start',
      ports: { PORT: 'auto' },
      ready: { condition: { kind: 'http', target: '/healthz' }, timeoutMs: 60_000 },
      metrics: '/metrics',
      stop: { signal: 'SIGTERM', timeout: 5000 },
    });
    expect(config.journeys.checkout?.steps).toMatchObject([
      { kind: 'http', method: 'POST', target: '/cart', json: { item: 1 }, expect: null },
      { kind: 'http', method: 'GET', target: '/checkout', expect: [200] },
      { kind: 'run', command: 'node scripts/pay.js' },
    ]);
    expect(config.budgets).toEqual([
      { name: null, assert: 'startup < 800ms', level: 'fail' },
      { name: null, assert: 'no span in critical journeys > 2s', level: 'fail' },
      { name: null, assert: 'p95(span "GET /checkout") < 300ms over 20 samples', level: 'fail' },
      { name: 'no error lines', assert: 'logs {service_name="web"} | detected_level="error" == 0', level: 'warn' },
    ]);
  });

  test('that is empty is all defaults', () => {
    expect(parse('# nothing yet\n')).toMatchObject({
      runtime: 'auto',
      ttl: 43_200_000,
      limits: { memory: 256_000_000 },
      apps: {},
      budgets: [],
    });
  });

  const readySpecs: { yaml: string; condition: object }[] = [
    { yaml: 'exit', condition: { kind: 'exit' } },
    { yaml: 'none', condition: { kind: 'none' } },
    { yaml: '{ log: "listening on" }', condition: { kind: 'log-text', text: 'listening on' } },
    { yaml: '{ log: /up in \\d+/i }', condition: { kind: 'log-pattern', pattern: 'up in \\d+', flags: 'i' } },
    { yaml: '{ port: PORT }', condition: { kind: 'port', port: 'PORT' } },
    { yaml: '{ timeout: 5s }', condition: { kind: 'first-port' } },
  ];
  test.each(readySpecs)('ready: $yaml', ({ yaml, condition }) => {
    expect(parse(`apps: { web: { command: x, ready: ${yaml} } }`).apps.web?.ready.condition).toEqual(condition);
  });
});

interface Refusal {
  name: string;
  yaml: string;
  error: Record<string, unknown>;
}

const refusals: Refusal[] = [
  {
    name: 'a misspelt key names the nearest one and its place',
    yaml: 'apps:\n  web:\n    comand: npm start\n',
    error: {
      code: 'OBS_CONFIG_UNKNOWN_KEY',
      message: 'obs.yaml:3:5: unknown key "comand" in apps.web.',
      fix: 'edit obs.yaml, line 3: write "command" for "comand"',
      exit: 2,
    },
  },
  {
    name: 'a key that resembles none lists what is known',
    yaml: 'colour: red\n',
    error: { why: expect.stringContaining('Known here: runtime, ttl, limits, redact, docker'), exit: 2 },
  },
  {
    name: 'a misspelt key inside a step is found through the union around it',
    yaml: 'journeys:\n  j:\n    steps:\n      - http: { get: /, expct: 200 }\n',
    error: { message: 'obs.yaml:4:25: unknown key "expct" in journeys.j.steps[0].http.' },
  },
  {
    name: 'a misspelt key of a named budget is found through the union around it',
    yaml: 'budgets:\n  - assert: startup < 1s\n    lvel: warn\n',
    error: { message: 'obs.yaml:3:5: unknown key "lvel" in budgets[0].' },
  },
  {
    name: 'a wrong runtime names the nearest one',
    yaml: 'runtime: embeded\n',
    error: { code: 'OBS_CONFIG_INVALID', fix: 'edit obs.yaml, line 1: write "embedded"' },
  },
  {
    name: 'a duration without unit says what a duration looks like',
    yaml: 'ttl: "12"\n',
    error: { message: 'obs.yaml:1:6: ttl: expected a duration such as 800ms, 60s or 12h' },
  },
  {
    name: 'a missing command is placed at its app',
    yaml: 'apps:\n  web:\n    cwd: .\n',
    error: { message: 'obs.yaml:3:5: apps.web.command: expected string or array' },
  },
  {
    name: 'an app that is not declared names the nearest one',
    yaml: 'apps: { web: { command: x } }\njourneys: { j: { app: wep, steps: [{ run: x }] } }\n',
    error: { message: 'obs.yaml:2:23: journeys.j.app: no app "wep"', fix: 'edit obs.yaml, line 2: write "web"' },
  },
  {
    name: 'a step of both kinds is refused',
    yaml: 'journeys:\n  j:\n    steps:\n      - run: x\n        http: { get: / }\n',
    error: { message: 'obs.yaml:4:9: journeys.j.steps[0]: a step needs one of http and run' },
  },
  {
    name: 'broken YAML has its place',
    yaml: 'apps:\n  web: [1, 2\n',
    error: { code: 'OBS_CONFIG_SYNTAX', exit: 2 },
  },
  {
    name: 'a key given twice is refused',
    yaml: 'ttl: 1h\nttl: 2h\n',
    error: { code: 'OBS_CONFIG_SYNTAX', message: expect.stringContaining('obs.yaml:2:1') },
  },
  {
    name: 'a budget cut at a comment inside quotes shows the quoted form',
    yaml: 'budgets:\n  - p95(span "GET #1") < 300ms\n',
    error: {
      code: 'OBS_CONFIG_YAML_TRAP',
      message:
        'obs.yaml:2:19: YAML reads this line otherwise than it looks: " #" begins a comment, so the line ends before it',
      fix: `edit obs.yaml, line 2: write 'p95(span "GET #1") < 300ms'`,
    },
  },
  {
    name: 'a budget broken at a colon shows the quoted form',
    yaml: `budgets:\n  - logs {a="b"} |= "x: y's" == 0\n`,
    error: { code: 'OBS_CONFIG_YAML_TRAP', fix: `edit obs.yaml, line 2: write 'logs {a="b"} |= "x: y''s" == 0'` },
  },
  {
    name: 'an assert cut at a comment is caught too',
    yaml: 'budgets:\n  - name: n\n    assert: count(span "a #b") < 3\n',
    error: { code: 'OBS_CONFIG_YAML_TRAP', fix: `edit obs.yaml, line 3: write 'count(span "a #b") < 3'` },
  },
];

describe('a wrong obs.yaml', () => {
  test.each(refusals)('$name', ({ yaml, error }) => {
    expect(() => parse(yaml)).toThrow(expect.objectContaining(error));
  });

  test('a comment after a whole budget is fine', () => {
    expect(parse('budgets:\n  - startup < 1s # fast\n').budgets[0]?.assert).toBe('startup < 1s');
  });
});
