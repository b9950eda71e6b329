// From what a container is made: image, command, environment, configuration files, limits. Nothing of the host is mounted;
// files are copied in, so that an engine in a virtual machine or of another user works as well.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { findPackageFile } from '../../std/package-root.ts';
import type { RuntimeSettings } from '../runtime.ts';
import {
  containerPlaces,
  makeServerCommand,
  type ServerName,
  serverConfigFiles,
  serverMemoryBytes,
} from '../servers.ts';
import type { Image, Images, Role } from './images.ts';
import { type Labels, labelNames } from './labels.ts';

export interface Recipe {
  readonly role: Role;
  readonly image: Image;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Copied into the container: absolute path inside, and contents. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly memoryBytes: number;
  /** Published on 127.0.0.1; the first one serves the API. */
  readonly ports: readonly number[];
}

const { loki, prometheus, tempo } = containerPlaces;
const ports: Readonly<Record<Role, readonly number[]>> = {
  loki: [loki.httpPort],
  prometheus: [prometheus.httpPort],
  tempo: [tempo.httpPort, tempo.otlpHttpPort],
  grafana: [3000],
};

const grafanaMemoryBytes = 512 * 1024 ** 2;

/** Grafana of a stack: nothing to log in to, nothing goes out. The same as in compose/compose.yaml (a test compares). */
export const grafanaEnvironment: Readonly<Record<string, string>> = {
  GF_AUTH_ANONYMOUS_ENABLED: 'true',
  GF_AUTH_ANONYMOUS_ORG_ROLE: 'Editor',
  GF_AUTH_DISABLE_LOGIN_FORM: 'true',
  GF_ANALYTICS_REPORTING_ENABLED: 'false',
  GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
  GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
  GF_NEWS_NEWS_FEED_ENABLED: 'false',
  GF_PLUGINS_PREINSTALL_DISABLED: 'true',
  GF_LOG_LEVEL: 'warn',
  GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: '/etc/obs/dashboards/worktree.json',
};

/** Folders of compose/grafana/ and where Grafana's container has them. */
export const grafanaFolders: Readonly<Record<string, string>> = {
  provisioning: '/etc/grafana/provisioning',
  dashboards: '/etc/obs/dashboards',
};

/** One recipe for each image. */
export function makeRecipes(images: Images, { docker }: Pick<RuntimeSettings, 'docker'>): Recipe[] {
  return (Object.entries(images) as [Role, Image][]).map(([role, image]) =>
    role === 'grafana' ? makeGrafanaRecipe(image) : makeServerRecipe(role, image, docker.memory[role]),
  );
}

/** Equal for containers that are made from the same; image names may change their meaning, so the id counts. */
export function digestRecipe({ image, ...rest }: Recipe): string {
  return createHash('sha256')
    .update(JSON.stringify([image.id, rest]))
    .digest('hex')
    .slice(0, 16);
}

export interface Placement {
  readonly name: string;
  readonly labels: Labels;
  readonly networkId: string;
  readonly bindings: PortBindings;
}

/** Where on 127.0.0.1 a container's ports are published, in the words of the engine's API. */
export type PortBindings = Readonly<Record<string, readonly { HostIp?: string; HostPort?: string }[]>>;

/** Publishes the ports of a recipe at ports of the host, one by one. They stay over a restart of the container. */
export function makePortBindings(recipe: Recipe, hostPorts: readonly number[]): PortBindings {
  const bindings = recipe.ports.map((port, index) => {
    return [`${port}/tcp`, [{ HostIp: '127.0.0.1', HostPort: String(hostPorts[index]) }]] as const;
  });
  return Object.fromEntries(bindings);
}

/** The recipe in the words of the engine's API. */
export function makeCreateOptions(recipe: Recipe, placement: Placement): Docker.ContainerCreateOptions {
  const { role, image, args, env, memoryBytes } = recipe;
  return {
    name: placement.name,
    Image: image.name,
    ...(args.length === 0 ? {} : { Cmd: [...args] }),
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    Labels: { ...placement.labels, [labelNames.role]: role, [labelNames.recipe]: digestRecipe(recipe) },
    ExposedPorts: Object.fromEntries(Object.keys(placement.bindings).map((port) => [port, {}])),
    // obs looks whether it is ready; a check inside would only cost processor time.
    Healthcheck: { Test: ['NONE'] },
    HostConfig: {
      NetworkMode: placement.networkId,
      PortBindings: placement.bindings,
      Memory: memoryBytes,
      RestartPolicy: { Name: 'no' },
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      LogConfig: { Type: 'json-file', Config: { 'max-size': '5m', 'max-file': '1' } },
    },
    NetworkingConfig: { EndpointsConfig: { [placement.networkId]: { Aliases: [role] } } },
  };
}

function makeServerRecipe(role: ServerName, image: Image, memoryBytes: number | undefined): Recipe {
  const place = containerPlaces[role];
  const text = readFileSync(findPackageFile(join('compose', serverConfigFiles[role])), 'utf8');
  return {
    role,
    image,
    ...makeServerCommand(role, place),
    files: [{ path: place.configFile, text }],
    memoryBytes: memoryBytes ?? serverMemoryBytes[role],
    ports: ports[role],
  };
}

function makeGrafanaRecipe(image: Image): Recipe {
  const files = Object.entries(grafanaFolders).flatMap(([folder, target]) =>
    listFiles(findPackageFile(join('compose/grafana', folder))).map(({ path, text }) => ({
      path: join(target, path),
      text,
    })),
  );
  const env = grafanaEnvironment;
  return { role: 'grafana', image, args: [], env, files, memoryBytes: grafanaMemoryBytes, ports: ports.grafana };
}

function listFiles(folder: string): { path: string; text: string }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true, encoding: 'utf8' })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => ({ path: file.slice(folder.length + 1), text: readFileSync(file, 'utf8') }));
}
