// Making and starting one container of a stack.
import { randomBytes } from 'node:crypto';
import { ObsError } from '../../errors/obs-error.ts';
import { portOffset } from '../../model/ports.ts';
import { checkBind } from '../../std/bind-check.ts';
import { findFreePorts } from '../../std/free-ports.ts';
import { findListenerPid } from '../../std/listening-ports.ts';
import { readCommandLine } from '../../std/process-identity.ts';
import type { RuntimeStart } from '../runtime.ts';
import { copyFiles } from './copy-files.ts';
import type { Engine } from './engine/connect.ts';
import type { Role } from './images.ts';
import type { Labels } from './labels.ts';
import type { StartedContainer } from './ready.ts';
import { makeCreateOptions, makePortBindings, type PortBindings, type Recipe } from './recipe.ts';
import { readEngineMessage, refuse } from './refuse.ts';

/** Where the work is done, and for whom. */
export interface Workplace {
  readonly engine: Engine;
  readonly request: RuntimeStart;
}

/** What making a container needs besides its recipe. */
export interface Site extends Workplace {
  readonly networkId: string;
  readonly labels: Labels;
}

const portAttempts = 3;

/** @throws OBS_DOCKER_REFUSED with the engine's words, OBS_PORT_TAKEN for the sticky port of Grafana */
export async function makeContainer(recipe: Recipe, site: Site): Promise<StartedContainer> {
  const { engine, request, networkId, labels } = site;
  const { role, image } = recipe;
  for (let attempt = 1; ; attempt += 1) {
    request.signal?.throwIfAborted();
    const bindings = makePortBindings(recipe, await chooseHostPorts(recipe, request));
    const name = nameAnew(request.state.stackId, role);
    const options = makeCreateOptions(recipe, { name, labels, networkId, bindings });
    const container = await refuse(engine, `create ${role}`, engine.docker.createContainer(options));
    await refuse(engine, `copy the configuration of ${role}`, copyFiles(container, recipe.files));
    try {
      await container.start();
      return describeContainer(recipe, { id: container.id, name, bindings });
    } catch (error) {
      // Between the choice of a port and its use another program may have taken it.
      const isPortTaken = /address already in use|port is already allocated/.test(readEngineMessage(error));
      await container.remove({ force: true, v: true });
      if (!isPortTaken || role === 'grafana' || attempt === portAttempts) {
        await refuse(engine, `start ${role} (${image.name})`, Promise.reject(error));
      }
    }
  }
}

/** A container that runs, with the addresses at which it is published. */
export function describeContainer(
  { role, image, ports }: Recipe,
  { id, name, bindings }: { readonly id: string; readonly name: string; readonly bindings: PortBindings },
): StartedContainer {
  const urls = ports.map((port) => `http://127.0.0.1:${bindings[`${port}/tcp`]?.[0]?.HostPort}`);
  const byPort = Object.fromEntries(ports.map((port, index) => [port, urls[index] ?? '']));
  return { role, id, name, image: image.name, urls: byPort, url: urls[0] ?? '' };
}

/** A new name each time: what bears our usual one may be a stranger's, and two networks may bear the same. */
export function nameAnew(stackId: string, role?: Role): string {
  return ['obs', stackId, ...(role === undefined ? [] : [role]), randomBytes(3).toString('hex')].join('-');
}

async function chooseHostPorts({ role, ports }: Recipe, { state }: RuntimeStart): Promise<number[]> {
  if (role !== 'grafana') return findFreePorts(ports.length);
  const port = state.basePort + portOffset.grafana;
  if ((await checkBind(port)) === 'free') return [port];
  const pid = findListenerPid(port);
  const command = pid === undefined ? undefined : readCommandLine(pid);
  const holder = pid === undefined ? 'a process of another user' : `process ${pid}: ${command ?? '(no name)'}`;
  throw new ObsError('OBS_PORT_TAKEN', { port, role: 'grafana', holder, pid: pid ?? null, worktree: null });
}
