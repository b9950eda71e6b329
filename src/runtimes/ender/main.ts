// Ends the servers of a stack, its keeper apart: `node ender.js --stack-dir DIR --manner sleep|flush`. A keeper starts it when
// it ends by itself (its lease ran out, its worktree is gone), so that the rest of the stack goes with it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { stackStateSchema } from '../../model/stack-state.ts';
import { findRuntime } from '../choose.ts';

const mannerSchema = z.enum(['sleep', 'flush']);
const log = (text: string) => void process.stderr.write(`${text}\n`);

run(process.argv.slice(2)).catch((error: unknown) => {
  log(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 4;
});

async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { 'stack-dir': { type: 'string' }, manner: { type: 'string' } } });
  const dir = z.string().parse(values['stack-dir']);
  const manner = mannerSchema.parse(values.manner);
  const file = (name: string) => join(dir, name);
  const folder = {
    dir,
    stateFile: file('state.json'),
    keeperLog: file('keeper.log'),
    keeperMark: file('keeper.mark.json'),
  };
  const state = stackStateSchema.parse(JSON.parse(readFileSync(folder.stateFile, 'utf8')));
  const ended = await findRuntime(state.runtime).endServers?.({ state, folder, progress: log }, manner);
  for (const { what, how } of ended ?? []) log(`${what}: ${how}`);
}
