// The docker runtime: Loki, Prometheus and Tempo as containers on one network per stack, the keeper in front of them.
// What starts containers is loaded when one is started.
import { ObsError } from '../../errors/obs-error.ts';
import { endKeeper } from '../keeper-process.ts';
import type { LabelledStack, Runtime, RuntimeSettings } from '../runtime.ts';
import { findEngine } from './engine/connect.ts';
import { explainUnreachable, readSurroundings } from './engine/reach.ts';
import { lookUpImages } from './images.ts';
import { isMadeBy, labelNames, readMaker } from './labels.ts';
import { listParts, nameOf, pickOwnParts, removeParts } from './parts.ts';
import { endContainers, findEngineIfAny } from './stop.ts';

export const dockerRuntime: Runtime = {
  name: 'docker',
  examine,
  start: async (request) => (await import('./start.ts')).startDocker(request),
  stop: async (request, manner) => {
    const ended = await Promise.all([endContainers(request, manner), endKeeper(request, manner)]);
    return ended.flat();
  },
  resume: async (request) => (await import('./resume.ts')).resumeDocker(request),
  endServers: endContainers,
  labelled: {
    async list() {
      const engine = await findEngineIfAny(process.env);
      return engine === undefined ? [] : groupByStack(await listParts(engine));
    },
    async remove(stackId) {
      const engine = await findEngineIfAny(process.env);
      return engine === undefined
        ? []
        : removeParts(engine, pickOwnParts(await listParts(engine, stackId), readMaker()));
    },
  },
};

async function examine(settings: RuntimeSettings): Promise<{ usable: boolean; reason: string }> {
  try {
    const engine = await findEngine(settings.env);
    const [{ missing }, unreachable] = await Promise.all([
      lookUpImages(engine, settings),
      explainUnreachable(engine, readSurroundings()),
    ]);
    if (missing.length > 0 && !settings.pull) {
      return { usable: false, reason: `${engine.title} lacks ${missing.map(({ name }) => name).join(', ')}` };
    }
    if (unreachable !== undefined) return { usable: false, reason: `${engine.title}: ${unreachable}` };
    const reason = missing.length === 0 ? 'has the images' : 'answers, and --pull gets the images that it lacks';
    return { usable: true, reason: `${engine.title} ${reason}` };
  } catch (error) {
    if (!(error instanceof ObsError)) throw error;
    return { usable: false, reason: `${error.message} ${error.why}` };
  }
}

type Parts = Awaited<ReturnType<typeof listParts>>;

function groupByStack({ containers, networks }: Parts): LabelledStack[] {
  const maker = readMaker();
  const things = [
    ...containers.map((container) => ({ name: `container ${nameOf(container)}`, labels: container.Labels })),
    ...networks.map(({ Name, Labels }) => ({ name: `network ${Name}`, labels: Labels ?? {} })),
  ];
  const stacks = new Map<string, LabelledStack>();
  for (const { name, labels } of things) {
    const [stackId, worktree] = [labels[labelNames.stack] ?? '', labels[labelNames.worktree] ?? ''];
    const foreign = !isMadeBy(labels, maker);
    // The same path on two machines gives the same stack id.
    const key = `${stackId} ${foreign}`;
    const parts = [...(stacks.get(key)?.parts ?? []), name];
    stacks.set(key, { stackId, worktree, parts, foreign });
  }
  return [...stacks.values()];
}
