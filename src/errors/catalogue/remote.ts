// The remote runtime: what stands between a worktree and servers that somebody else runs.
import { entry } from '../entry.ts';
import { quoteForShell } from '../quote.ts';

const upRemote = 'obs up --runtime remote';

export const remoteErrors = {
  OBS_REMOTE_NOT_CONFIGURED: entry<{ example: string }>({
    exit: 2,
    what: () => 'The remote runtime was asked for, and no obs.yaml names its servers.',
    why: () => 'Remote sends telemetry to a Loki, a Prometheus or Mimir, and a Tempo that run already.',
    fix: (d) => `add to obs.yaml:\n${d.example}`,
  }),
  OBS_REMOTE_VARIABLE_MISSING: entry<{ names: string[] }>({
    exit: 2,
    what: (d) =>
      `The headers of remote in obs.yaml name ${d.names.join(' and ')}, and the environment has no such variable.`,
    why: () => 'Secrets of remote servers come from the environment of `obs up` and are written nowhere.',
    fix: (d) => `export ${d.names.map((name) => `${name}=…`).join(' ')} && ${upRemote}`,
  }),
  OBS_REMOTE_UNREACHABLE: entry<{ server: string; url: string; reason: string }>({
    exit: 4,
    what: (d) => `${d.server} does not answer at ${d.url}: ${d.reason}.`,
    why: () => 'The address in obs.yaml is wrong, the server is down, or this network does not reach it.',
    fix: (d) => `curl -sS -o /dev/null -w '%{http_code}' ${quoteForShell(d.url)}`,
  }),
  OBS_REMOTE_DENIED: entry<{ server: string; url: string; status: number; reason: string; names: string[] }>({
    exit: 4,
    what: (d) => `${d.server} says ${d.status} to ${d.url}${d.reason === '' ? '' : `: ${d.reason}`}.`,
    why: (d) =>
      d.status === 401
        ? 'Credentials or tenant are missing or wrong.'
        : 'The credentials are known, but may not do this: obs both reads and writes.',
    fix: (d) =>
      d.names.length === 0
        ? `name the credentials in obs.yaml under remote.${d.server.toLowerCase()}: headers: { authorization: "Bearer \${NAME}" }, or tenant`
        : `export ${d.names.map((name) => `${name}=…`).join(' ')} && ${upRemote}`,
  }),
  OBS_REMOTE_REFUSED: entry<{ server: string; url: string; status: number; reason: string; setting: string }>({
    exit: 4,
    what: (d) => `${d.server} answers ${d.status} to ${d.url}${d.reason === '' ? '' : `: ${d.reason}`}.`,
    why: (d) =>
      d.status === 404
        ? `There is no such path: ${d.setting} in obs.yaml is the address of something else.`
        : 'The server cannot do what obs needs, now or at all.',
    fix: (d) => `correct ${d.setting} in obs.yaml, then: ${upRemote}`,
  }),
};
