// `obs completion`: scripts for three shells, made from the verb list. Flags are asked of the help page when needed, so
// the script stays right when a verb gains a flag.
import { z } from 'zod';
import { toolList } from '../../tools/list.ts';
import { defineTool, type ToolEntry } from '../../tools/tool.ts';
import { faceVerbs } from './face-verbs.ts';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

const scripts: Readonly<Record<Shell, (verbs: readonly ToolEntry[]) => string>> = {
  bash: (verbs) => `_obs() {
  local word="\${COMP_WORDS[COMP_CWORD]}"
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${verbs.map((one) => one.verb).join(' ')}" -- "$word"))
  else
    COMPREPLY=($(compgen -W "$(obs "\${COMP_WORDS[1]}" --help 2>/dev/null | grep -oE -- '--[a-z-]+' | sort -u)" -- "$word"))
  fi
}
complete -o default -F _obs obs worktree-obs`,
  zsh: (verbs) => `#compdef obs worktree-obs
_obs() {
  local -a verbs
  verbs=(
${verbs.map((one) => `    '${one.verb}:${quote(one.summary)}'`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe verb verbs
  else
    compadd -- \${(f)"$(obs $words[2] --help 2>/dev/null | grep -oE -- '--[a-z-]+' | sort -u)"}
    _files
  fi
}
compdef _obs obs worktree-obs`,
  fish: (verbs) =>
    [
      ...verbs.map((one) => `complete -c obs -n __fish_use_subcommand -f -a ${one.verb} -d '${quote(one.summary)}'`),
      `complete -c obs -n 'not __fish_use_subcommand' -a "(obs (commandline -opc)[2] --help 2>/dev/null | grep -oE -- '--[a-z-]+' | sort -u)"`,
    ].join('\n'),
};

export const completionVerb = defineTool({
  name: 'completion_print',
  purpose: 'Prints a script that completes verbs and flags in a shell.',
  input: z.strictObject({ shell: z.enum(shells).describe('bash, zsh or fish') }),
  output: z.strictObject({ shell: z.enum(shells), script: z.string() }),
  marks: { readOnly: true, destructive: false, openWorld: false },
  cli: {
    verb: 'completion',
    positionals: ['shell'],
    examples: ['source <(obs completion bash)', 'obs completion fish > ~/.config/fish/completions/obs.fish'],
  },
  run: async ({ shell }) => ({ output: { shell, script: scripts[shell]([...toolList, ...faceVerbs]) }, exit: 0 }),
  render: (output) => output.script,
});

function quote(text: string): string {
  return text.replaceAll("'", '’').replaceAll(':', '\\:');
}
