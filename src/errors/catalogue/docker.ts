// The docker runtime: engine, images, containers.
import { entry } from '../entry.ts';
import { quoteForShell } from '../quote.ts';

interface TriedEngine {
  readonly where: string;
  readonly reason: string;
  readonly code: string | undefined;
}

const indent = (lines: readonly string[]): string => lines.map((line) => `  ${line}`).join('\n');

export const dockerErrors = {
  OBS_DOCKER_NO_ENGINE: entry<{ tried: readonly TriedEngine[] }>({
    exit: 4,
    what: () => 'No container engine of this machine answers.',
    why: (d) =>
      d.tried.length === 0
        ? 'DOCKER_HOST is not set, no docker context is in force, and none of the usual sockets exists.'
        : d.tried.map(({ where, reason }) => `${where}: ${reason}`).join('; '),
    fix: (d) =>
      d.tried.some(({ code }) => code === 'EACCES')
        ? 'sudo usermod -aG docker "$USER"   # then log in again'
        : 'obs up --runtime embedded',
  }),
  OBS_DOCKER_PORTS_UNREACHABLE: entry<{ engine: string; reason: string }>({
    exit: 4,
    what: (d) => `Ports that ${d.engine} publishes cannot be reached from here.`,
    why: (d) => `${d.reason}.`,
    fix: () => 'obs up --runtime embedded',
  }),
  OBS_DOCKER_IMAGES_MISSING: entry<{ images: readonly { image: string; size: string }[]; engine: string }>({
    exit: 4,
    what: (d) => `${d.engine} does not have ${d.images.map(({ image }) => image).join(', ')}.`,
    why: (d) =>
      `obs downloads nothing without being told to. It would be ${d.images.map(({ image, size }) => `${image} (${size})`).join(', ')}.`,
    fix: () => 'obs up --runtime docker --pull',
  }),
  OBS_DOCKER_PULL_FAILED: entry<{ image: string; reason: string }>({
    exit: 4,
    what: (d) => `${d.image} could not be pulled: ${d.reason}`,
    why: () => 'The engine pulls by itself, with its own network and log-in; docker says more.',
    fix: (d) => `docker pull ${quoteForShell(d.image)}`,
  }),
  OBS_DOCKER_REFUSED: entry<{ action: string; reason: string; engine: string }>({
    exit: 4,
    what: (d) => `${d.engine} could not ${d.action}: ${d.reason}`,
    why: () => 'The engine said so; what had been made for this stack is removed again.',
    fix: () => 'docker system df && docker network ls && obs gc',
  }),
  OBS_CONTAINER_NOT_READY: entry<{
    server: string;
    container: string;
    image: string;
    awaited: string;
    waitedMs: number;
    state: string;
    lastLines: readonly string[];
  }>({
    exit: 4,
    what: (d) => `${d.server} (${d.image}) was not ready after ${d.waitedMs} ms: ${d.state}`,
    why: (d) =>
      d.lastLines.length === 0
        ? `Awaited was ${d.awaited}; the container ${d.container} wrote nothing.`
        : `Awaited was ${d.awaited}; the last lines of the container ${d.container}:\n${indent(d.lastLines)}`,
    fix: () => 'obs up --runtime docker --fresh',
  }),
  OBS_CONTAINER_STOPPED: entry<{ server: string; container: string; state: string; lastLines: readonly string[] }>({
    exit: 4,
    what: (d) => `${d.server} of this stack does not run: its container ${d.container} ${d.state}.`,
    why: (d) =>
      d.lastLines.length === 0 ? 'It wrote nothing.' : `The last lines that it wrote:\n${indent(d.lastLines)}`,
    fix: (d) => (d.state === 'is gone' ? 'obs down && obs up' : `docker start ${d.container}`),
  }),
  OBS_DOCKER_NO_BRIDGE: entry<{ engine: string; reason: string }>({
    exit: 4,
    what: (d) => `Apps in containers of ${d.engine} cannot be given an address of this machine.`,
    why: (d) => `${d.reason}.`,
    fix: () => 'obs env',
  }),
  OBS_NO_DOCKER_LISTENER: entry<{ worktree: string }>({
    exit: 4,
    what: (d) => `The stack of ${d.worktree} does not listen where containers can reach it.`,
    why: () => 'Its ports are on 127.0.0.1, which inside of a container is the container itself.',
    fix: () => 'obs up --listen docker',
  }),
  OBS_GRAFANA_NEEDS_DOCKER: entry<{ runtime: string; reason: string }>({
    exit: 2,
    what: (d) => `Grafana runs in a container, and this stack runs as ${d.runtime}.`,
    why: (d) => `${d.reason}.`,
    fix: () => 'obs down && obs up --runtime docker --grafana',
  }),
};
