// A real embedded stack for tests of the question tools, filled over OTLP, and the tools called as a face calls them.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sendHttp } from '../../src/clients/http.ts';
import { KeeperClient } from '../../src/clients/keeper.ts';
import type { ToolContext, ToolDefinition } from '../../src/tools/tool.ts';
import { Sandbox, type StackAnswer } from '../stack/harness.ts';

export interface LogSketch {
  readonly atMs: number;
  readonly line: string;
  readonly service?: string;
  readonly traceId?: string;
  readonly runId?: string;
}

export interface SpanSketch {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly service?: string;
  readonly scope?: string;
  readonly startMs: number;
  readonly ms: number;
  readonly runId?: string;
  readonly failed?: boolean;
  readonly attributes?: Readonly<Record<string, string | number>>;
}

export class StackWithData {
  readonly sandbox = new Sandbox();
  readonly worktree = this.sandbox.makeRepository('shop');
  #stack: StackAnswer | undefined;

  async start(): Promise<void> {
    this.#stack = await this.sandbox.up(this.worktree);
  }

  get stack(): StackAnswer {
    if (this.#stack === undefined) throw new Error('the stack was not started');
    return this.#stack;
  }

  get keeper(): KeeperClient {
    const { token } = this.sandbox.readState(this.stack.id);
    return new KeeperClient({ url: this.stack.endpoints.otlpHttp ?? '', token: String(token) });
  }

  writeConfig(text: string): void {
    writeFileSync(join(this.worktree, 'obs.yaml'), text);
  }

  /** Calls a tool with the fields given, defaults filled in. Rejects as the tool does. */
  async call<T extends ToolDefinition>(
    tool: T,
    input: Record<string, unknown>,
    caller: ToolContext['caller'] = 'cli',
  ): Promise<{ output: Awaited<ReturnType<T['run']>>['output']; exit: number; text: string }> {
    const answer = await tool.run(tool.input.parse(input), this.context(caller));
    const style = { colour: false, columns: 100, compact: true };
    return { ...answer, text: tool.render(tool.output.parse(answer.output), style) };
  }

  context(caller: ToolContext['caller'] = 'cli'): ToolContext {
    return {
      caller,
      cwd: this.worktree,
      env: { OBS_STATE_DIR: this.sandbox.stateDir, PATH: process.env.PATH },
      worktree: undefined,
      allowCommands: true,
      signal: new AbortController().signal,
      progress: () => {},
      nowMs: Date.now,
    };
  }

  async sendLogs(logs: readonly LogSketch[]): Promise<void> {
    const resourceLogs = logs.map((log) => ({
      resource: resourceOf(log),
      scopeLogs: [
        {
          scope: {},
          logRecords: [{ timeUnixNano: nanos(log.atMs), body: { stringValue: log.line }, traceId: log.traceId }],
        },
      ],
    }));
    await this.#post('otlpLogs', { resourceLogs });
  }

  async sendSpans(spans: readonly SpanSketch[]): Promise<void> {
    const resourceSpans = spans.map((span) => ({
      resource: resourceOf(span),
      scopeSpans: [{ scope: { name: span.scope ?? 'http' }, spans: [encodeSpan(span)] }],
    }));
    await this.#post('otlpTraces', { resourceSpans });
  }

  async sendGauge(name: string, value: number, atMs: number): Promise<void> {
    const gauge = { dataPoints: [{ timeUnixNano: nanos(atMs), asDouble: value }] };
    const scopeMetrics = [{ metrics: [{ name, gauge }] }];
    await this.#post('otlpMetrics', { resourceMetrics: [{ resource: resourceOf({}), scopeMetrics }] });
  }

  dispose(): Promise<void> {
    return this.sandbox.dispose();
  }

  async #post(endpoint: string, body: unknown): Promise<void> {
    const answer = await sendHttp({
      method: 'POST',
      url: this.stack.endpoints[endpoint] ?? '',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      timeoutMs: 60_000,
    });
    if (answer.status !== 200) throw new Error(`${endpoint} answered ${answer.status}: ${answer.body.toString()}`);
  }
}

function resourceOf({ service = 'web', runId }: { readonly service?: string; readonly runId?: string }) {
  const attributes = [{ key: 'service.name', value: { stringValue: service } }];
  if (runId !== undefined) attributes.push({ key: 'obs.run.id', value: { stringValue: runId } });
  return { attributes };
}

function encodeSpan(span: SpanSketch) {
  const attributes = Object.entries(span.attributes ?? {}).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { doubleValue: value } : { stringValue: value },
  }));
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? '',
    name: span.name,
    kind: 2,
    startTimeUnixNano: nanos(span.startMs),
    endTimeUnixNano: nanos(span.startMs + span.ms),
    status: span.failed ? { code: 2, message: 'it broke' } : {},
    attributes,
  };
}

function nanos(ms: number): string {
  return `${Math.floor(ms)}000000`;
}
