// obs up: start or find the stack of this worktree.
import { z } from 'zod';
import { runtimeChoices } from '../config/schema.ts';
import { portOffset } from '../model/ports.ts';
import { findRuntime } from '../runtimes/choose.ts';
import { sweepGarbage } from '../stack/gc.ts';
import { makeStackDocument, renderStack, stackDocumentSchema } from './stack/document.ts';
import { ensureStack } from './stack/ensure.ts';
import { defineTool } from './tool.ts';

const input = z.strictObject({
  runtime: z.enum(runtimeChoices).optional().describe('how to run it; default: runtime of obs.yaml, else auto'),
  fresh: z.boolean().default(false).describe('remove the stack and its data first'),
  ttl: z.string().optional().describe('idle time after which it stops by itself, such as 12h; data is kept'),
  pull: z.boolean().default(false).describe('docker: pull images that are missing'),
  grafana: z.boolean().default(false).describe('docker: start Grafana too'),
  listen: z.enum(['docker']).optional().describe('also take telemetry of apps in containers, see obs env --for docker'),
});

export const stackUp = defineTool({
  name: 'stack_up',
  purpose:
    "Start this worktree's private observability stack (Loki, Prometheus and Tempo APIs, OTLP), or find it running. Returns its endpoints and the environment that apps need, once telemetry sent to it can be read back.",
  input,
  output: z.object({
    stack: stackDocumentSchema,
    grafana: z.string().optional().describe('address of Grafana, if it was asked for'),
  }),
  marks: { readOnly: false, destructive: false, openWorld: false },
  cli: {
    verb: 'up',
    positionals: [],
    examples: ['obs up', 'obs up --fresh', 'obs up --ttl 1h --json'],
  },
  async run({ runtime, fresh, ttl, pull, grafana, listen }, context) {
    const { stack, worktree, root } = await ensureStack(context, { runtime, fresh, ttl, pull, grafana });
    if (listen === 'docker') {
      // Loaded here: few verbs need an engine.
      const { findBridgeGateway } = await import('../runtimes/docker/bridge.ts');
      await stack.keeper.listenOn(await findBridgeGateway(context.env), { signal: context.signal });
    }
    // Only the engine that is in use is asked: a look at one that is not would cost every `up` its time.
    const runtimes = [findRuntime(stack.state.runtime)];
    await sweepGarbage({ root, runtimes, nowMs: context.nowMs(), progress: context.progress });
    const port = stack.state.basePort + portOffset.grafana;
    const shown = grafana ? { grafana: `http://127.0.0.1:${port}` } : {};
    return { output: { stack: makeStackDocument(stack, worktree, context.env), ...shown }, exit: 0 };
  },
  render: ({ stack, grafana }, style) =>
    [renderStack(stack, style), ...(grafana === undefined ? [] : [`grafana     ${grafana}`])].join('\n'),
});
