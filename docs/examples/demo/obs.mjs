// Calls the public `obs` command in a worktree, as a person or an agent would.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const built = fileURLToPath(new URL('../../../dist/obs.js', import.meta.url));

/** Callers for one workspace; each takes a worktree and the words after `obs`. */
export function makeObs({ stateDir }) {
  const env = { ...process.env, OBS_STATE_DIR: stateDir };
  // After Ctrl-C nothing new is started, so that the clean-up of the demo comes next.
  const interruption = new AbortController();
  process.on('SIGINT', () => interruption.abort());
  const call = ({ path, words, onProgress }) => run({ words: [built, ...words], cwd: path, env, onProgress });
  return {
    /** Prints the command and what it answered, whole, so that commands that run at once do not mix. */
    async show(worktree, words) {
      interruption.signal.throwIfAborted();
      const onProgress = (text) => process.stderr.write(text);
      const done = await call({ path: worktree.path, words, onProgress });
      process.stdout.write(`\n[${worktree.name}] $ obs ${words.map(quote).join(' ')}\n${done.stdout}`);
      if (done.exit !== 0) process.stdout.write(`(exit code ${done.exit})\n`);
      return done;
    },
    /** The `--json` document. */
    async json(worktree, words) {
      const { stdout } = await call({ path: worktree.path, words: [...words, '--json'] });
      return JSON.parse(stdout);
    },
    /** Whatever happens, for clean-up. */
    async quietly(path, words) {
      if (existsSync(path)) await call({ path, words });
    },
  };
}

function run({ words, cwd, env, onProgress }) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, words, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const out = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr']) {
      child[name].setEncoding('utf8').on('data', (text) => {
        out[name] += text;
        if (name === 'stderr') onProgress?.(text);
      });
    }
    child.on('error', reject).on('close', (code) => resolve({ exit: code ?? 1, ...out }));
  });
}

const quote = (word) => (/^[\w./:=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
