// compose/ is one stack said three times: in compose.yaml for people, in code for the runtimes, in the configuration files
// for the servers. They must say the same.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { serverImages } from './images.ts';
import { containerPlaces, makeServerCommand, serverConfigFiles, serverMemoryBytes, serverNames } from './servers.ts';

const folder = join(import.meta.dirname, '../../compose');
const compose = parse(readFileSync(join(folder, 'compose.yaml'), 'utf8'));
const readConfig = (server: (typeof serverNames)[number]) =>
  readFileSync(join(folder, serverConfigFiles[server]), 'utf8');

describe('compose.yaml', () => {
  test.each(Object.entries(serverImages))('runs the pinned image of %s', (name, image) => {
    expect(compose.services[name].image).toBe(image);
  });

  test.each(serverNames)('starts %s as the docker runtime does', (server) => {
    const { command, configs, mem_limit: memory, restart } = compose.services[server];
    const place = containerPlaces[server];
    expect(command).toEqual(makeServerCommand(server, place).args);
    expect(configs).toEqual([{ source: server, target: place.configFile }]);
    expect(compose.configs[server]).toEqual({ file: `./${serverConfigFiles[server]}` });
    expect(Number.parseInt(memory, 10) * 1024 ** 2).toBe(serverMemoryBytes[server]);
    expect(restart).toBe('no');
  });

  test('publishes every port on 127.0.0.1 and nowhere else', () => {
    const ports = Object.values<{ ports: string[] }>(compose.services).flatMap((service) => service.ports);
    expect(ports.length).toBeGreaterThan(5);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });
});

describe('the configuration files', () => {
  test.each(['loki', 'tempo'] as const)('leave to %s what its container has anyway', (server) => {
    const { env } = makeServerCommand(server, containerPlaces[server]);
    const defaults = [...readConfig(server).matchAll(/\$\{(\w+):-([^}]*)\}/g)];
    expect(defaults.length).toBeGreaterThan(4);
    for (const [text, name = '', value] of defaults) expect(`${text} is ${env[name]}`).toBe(`${text} is ${value}`);
  });

  test.each(['ingester', 'pattern_ingester'])('do not let the %s of Loki wait 15 s before it is ready', (part) => {
    expect(parse(readConfig('loki'))[part].lifecycler.min_ready_duration).toBe('0s');
  });

  test.each(serverNames)('give each setting of %s once, as YAML that can be read', (server) => {
    expect(parse(readConfig(server), { uniqueKeys: true })).toEqual(expect.any(Object));
  });
});

describe('Grafana', () => {
  const provisioned = parse(readFileSync(join(folder, 'grafana/provisioning/datasources/stack.yaml'), 'utf8'));
  const sources: { uid: string; url: string; jsonData: Record<string, unknown> }[] = provisioned.datasources;
  const dashboard = JSON.parse(readFileSync(join(folder, 'grafana/dashboards/worktree.json'), 'utf8'));

  test('asks the servers at the names and ports that they have on the network of the stack', () => {
    expect(sources.map(({ uid, url }) => [uid, url]).sort()).toEqual(
      serverNames.map((server) => [server, `http://${server}:${containerPlaces[server].httpPort}`]).sort(),
    );
  });

  test('links every signal to the others, and links and panels name only data sources there are', () => {
    const links = JSON.stringify(sources.map((source) => source.jsonData));
    const named = [...`${links}${JSON.stringify(dashboard)}`.matchAll(/"(?:datasourceUid|uid)":"([^"]+)"/g)];
    const known = new Set([...serverNames, dashboard.uid]);
    expect(named.map(([, uid]) => uid).filter((uid) => !known.has(uid))).toEqual([]);
    for (const link of ['derivedFields', 'exemplarTraceIdDestinations', 'tracesToLogsV2', 'tracesToMetrics'])
      expect(links).toContain(link);
  });

  test('has panels of all three signals with ids of their own', () => {
    const panels: { id: number; datasource: { uid: string } }[] = dashboard.panels;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(panels.map(({ datasource }) => datasource.uid))).toEqual(new Set(serverNames));
  });
});
