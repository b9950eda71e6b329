// obs doctor: why is there no telemetry? Asks one question after the other and says what to do about each bad answer.
import { z } from 'zod';
import { appChecks } from './diagnose/app-checks.ts';
import { type Check, type Facts, type Finding, findingSchema } from './diagnose/check.ts';
import { explainInstrumentation } from './diagnose/command.ts';
import { gatherFacts } from './diagnose/facts.ts';
import { nativeChecks } from './diagnose/native-checks.ts';
import { stackChecks } from './diagnose/stack-checks.ts';
import { cleanBlock } from './render/clean.ts';
import { paint } from './render/paint.ts';
import { defineTool, type RenderStyle, type ToolContext } from './tool.ts';

/** All checks, in the order in which they are shown. */
const checks: readonly Check[] = [...stackChecks, ...nativeChecks, ...appChecks];

export const telemetryDiagnose = defineTool({
  name: 'telemetry_diagnose',
  purpose:
    'Why is there no telemetry? Checks worktree, obs.yaml, state folder, stack, sockets, servers, what arrived from whom, what was refused, and settings that lead telemetry astray; each bad answer has a fix.',
  input: z.strictObject({
    command: z
      .array(z.string())
      .default([])
      .describe('say what obs run would instrument in this command, how, and what is missing'),
  }),
  output: z.object({ healthy: z.boolean(), findings: z.array(findingSchema) }),
  marks: { readOnly: true, destructive: false, openWorld: false },
  cli: {
    verb: 'doctor',
    positionals: [],
    afterDashes: 'command',
    examples: ['obs doctor', 'obs doctor -- npm start'],
  },
  async run({ command }, context) {
    if (command.length > 0) return diagnoseCommand(command, context);
    const { facts, findings } = await gatherFacts(context);
    const checked = await Promise.all(checks.map((check) => runCheck(check, facts)));
    const all = [...findings, ...checked.flat()];
    const healthy = !all.some((finding) => finding.status === 'fail');
    return { output: { healthy, findings: all }, exit: healthy ? 0 : 4 };
  },
  render: ({ findings }, style) => findings.map((finding) => renderFinding(finding, style)).join('\n'),
});

async function diagnoseCommand(command: readonly string[], context: ToolContext) {
  const findings = await explainInstrumentation(command, context);
  return { output: { healthy: findings.every(({ fix }) => fix === null), findings }, exit: 0 };
}

async function runCheck({ name, run }: Check, facts: Facts): Promise<Finding[]> {
  try {
    return (await run(facts)).map((finding) => ({ check: name, ...finding }));
  } catch (error) {
    const detail = `this could not be checked: ${error instanceof Error ? error.message : String(error)}`;
    return [{ check: name, status: 'warn', detail, fix: null }];
  }
}

const colours = { ok: 'green', note: 'blue', warn: 'yellow', fail: 'red' } as const;

function renderFinding({ check, status, detail, fix }: Finding, style: RenderStyle): string {
  const line = `${paint(style, colours[status], status.padEnd(4))}  ${check}: ${cleanBlock(detail, '        ')}`;
  return fix === null ? line : `${line}\n        fix  ${fix}`;
}
