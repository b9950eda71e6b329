// Pulling one image, with progress in layers and bytes. A pull that stands still says so, too: it never hangs silently.
import { ObsError } from '../../errors/obs-error.ts';
import type { Engine } from './engine/connect.ts';
import { readEngineMessage } from './refuse.ts';

export interface PullOptions {
  readonly progress: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** What the engine sends, one per line of its answer. */
interface PullEvent {
  readonly status?: string;
  /** The layer. */
  readonly id?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly error?: string;
}

const reportEveryMs = 2000;

/** @throws OBS_DOCKER_PULL_FAILED with the engine's reason */
export async function pullImage({ docker }: Engine, image: string, { progress, signal }: PullOptions): Promise<void> {
  const begin = performance.now();
  const layers = new PullProgress();
  const seconds = () => `${Math.round((performance.now() - begin) / 1000)} s`;
  const timer = setInterval(() => progress(`pulling ${image}: ${layers.describe()}, ${seconds()}`), reportEveryMs);
  try {
    const stream = await docker.pull(image);
    const onAbort = () => 'destroy' in stream && typeof stream.destroy === 'function' && stream.destroy();
    signal?.addEventListener('abort', onAbort);
    await new Promise<void>((resolve, reject) => {
      stream.on('close', () => reject(new Error('the engine broke the pull off')));
      docker.modem.followProgress(
        stream,
        (error: Error | null) => (error === null ? resolve() : reject(error)),
        (event: PullEvent) => layers.note(event),
      );
    }).finally(() => signal?.removeEventListener('abort', onAbort));
    progress(`pulled ${image}: ${layers.describe()}, ${seconds()}`);
  } catch (error) {
    signal?.throwIfAborted();
    throw new ObsError('OBS_DOCKER_PULL_FAILED', { image, reason: readEngineMessage(error) }, { cause: error });
  } finally {
    clearInterval(timer);
  }
}

/** Layers and bytes so far, from the events of a pull. */
export class PullProgress {
  readonly #layers = new Map<string, { current: number; total: number; isDone: boolean }>();
  #status = '';

  note({ id, status = '', progressDetail }: PullEvent): void {
    this.#status = status;
    // The first event names the tag instead of a layer.
    if (id === undefined || status.startsWith('Pulling from')) return;
    const layer = this.#layers.get(id) ?? { current: 0, total: 0, isDone: false };
    this.#layers.set(id, layer);
    // Unpacking counts the same bytes again.
    if (status === 'Downloading') {
      layer.current = progressDetail?.current ?? layer.current;
      layer.total = Math.max(layer.total, progressDetail?.total ?? 0);
    }
    if (status === 'Download complete' || status === 'Pull complete') layer.current = layer.total;
    layer.isDone ||= status === 'Pull complete' || status === 'Already exists';
  }

  /** `2 of 9 layers, 12.3 of 38.0 MB so far known`; what the engine is at before the first layer is known. */
  describe(): string {
    const layers = [...this.#layers.values()];
    if (layers.length === 0) return this.#status || 'the registry has not answered yet';
    const sum = (pick: (layer: { current: number; total: number }) => number) =>
      (layers.reduce((bytes, layer) => bytes + pick(layer), 0) / 1e6).toFixed(1);
    const done = layers.filter((layer) => layer.isDone).length;
    return `${done} of ${layers.length} layers, ${sum(({ current }) => current)} of ${sum(({ total }) => total)} MB`;
  }
}
