// The commented obs.yaml that `obs init` writes. What was detected is live; everything else is there as a comment.
import type { DetectedApp } from './detect.ts';

const schemaUrl = 'https://unpkg.com/worktree-obs/docs/schema/obs.schema.json';

/** Text of a new obs.yaml. */
export function makeTemplate(apps: readonly DetectedApp[]): string {
  return `# yaml-language-server: $schema=${schemaUrl}
# What obs boots, exercises and judges in this worktree. Every key: docs of worktree-obs, or your editor through the schema.

# runtime: auto            # auto, embedded, docker, native or remote
# ttl: 12h                 # an idle stack stops after this; its data is kept

${makeApps(apps)}
# journeys:
#   checkout:
#     tags: [critical]
#     repeat: 5
#     warmup: 1
#     steps:
#       - http: { post: /cart, json: { item: 1 } }
#       - http: { get: /checkout, expect: 200 }
#       - run: node scripts/pay.js

# Put a budget into quotes as soon as it holds a quote, a brace, ": " or " #".
budgets:
  - "startup < 800ms"
#  - "no span in critical journeys > 2s"
#  - 'p95(span "GET /checkout") < 300ms over 20 samples'
#  - name: no error lines
#    assert: 'logs {service_name="web"} | detected_level="error" == 0'
#    level: warn            # reported, but no failure
`;
}

function makeApps(apps: readonly DetectedApp[]): string {
  if (apps.length === 0) {
    return `# Nothing that says how to boot an app was found (package.json scripts, Procfile).
# apps:
${indent(describeApp({ name: 'web', command: 'npm start', source: '' }), '#')}`;
  }
  return `apps:\n${apps.map((app) => describeApp(app)).join('')}`;
}

function describeApp({ name, command, source }: DetectedApp): string {
  const note = source === '' ? '' : ` # from ${source}`;
  return `  ${name}:${note}
    command: ${quoteIfNeeded(command)}
    ports: { PORT: auto }   # a port of this worktree's own, in the environment
#    ready: { http: /healthz } # default: the first port it listens on
#    metrics: /metrics       # its Prometheus page, if it has one
#    env: { NODE_ENV: production }
#    needs: []               # apps that must be ready before
`;
}

function indent(text: string, prefix: string): string {
  return text.replace(/^(?!#|$)/gm, prefix);
}

function quoteIfNeeded(text: string): string {
  return /^[A-Za-z][\w ./-]*$/.test(text) ? text : `'${text.replaceAll("'", "''")}'`;
}
