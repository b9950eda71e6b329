// Whether images that are missing are pulled, and who is asked; with a fake of an engine that has none, and of the registry.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Dockerode from 'dockerode';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dockerSchema, nativeSchema, remoteSchema } from '../../config/backends.ts';
import type { StackState } from '../../model/stack-state.ts';
import type { RuntimeStart } from '../runtime.ts';
import type { Engine } from './engine/connect.ts';
import { provideImages } from './images.ts';

let server: Server;
let engine: Engine;
const asked: string[] = [];

/** The engine's version, and what the registry says of one of the images. */
const answers: Readonly<Record<string, unknown>> = {
  '/version': { Os: 'linux', Arch: 'amd64' },
  '/v2/loki/manifests/1': { config: { size: 500_000 }, layers: [{ size: 40_000_000 }] },
};

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const answer = answers[request.url ?? ''];
    response.writeHead(answer === undefined ? 404 : 200, { connection: 'close' });
    response.end(JSON.stringify(answer ?? { message: 'no such image' }));
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  // It listens on TCP, so the address is one of a port.
  const { port } = server.address() as AddressInfo;
  const docker = new Dockerode({ host: '127.0.0.1', port, protocol: 'http', socketPath: undefined });
  engine = { docker, title: 'an engine', place: { kind: 'tcp', host: '127.0.0.1', port, tls: null } };
});
afterAll(() => new Promise((done) => server.close(done)));

function makeRequest(settings: Partial<RuntimeStart['settings']>): RuntimeStart {
  const files = { dir: '', stateFile: '', keeperLog: '', keeperMark: '' };
  const base = { docker: dockerSchema.parse({}), native: nativeSchema.parse({}), remote: remoteSchema.parse({}) };
  const registry = `127.0.0.1:${engine.place.kind === 'tcp' ? engine.place.port : 0}`;
  const names = ['loki', 'prometheus', 'tempo'].map((name) => [
    `OBS_${name.toUpperCase()}_IMAGE`,
    `${registry}/${name}:1`,
  ]);
  const whole = { ...base, env: Object.fromEntries(names), pull: false, grafana: false, ...settings };
  // Images are looked up by settings alone.
  return { state: {} as StackState, folder: files, progress: () => {}, settings: whole };
}

test('nobody to ask is an error with names and sizes, and nothing is pulled', async () => {
  asked.length = 0;
  await expect(provideImages(engine, makeRequest({}))).rejects.toMatchObject({
    code: 'OBS_DOCKER_IMAGES_MISSING',
    why: expect.stringMatching(/\/loki:1 \(40\.5 MB\), \S+\/prometheus:1 \(size unknown until the pull begins\)/),
  });
  expect(asked.filter((line) => line.startsWith('POST'))).toEqual([]);
});

test('a person is asked, with names and sizes, and a no pulls nothing', async () => {
  asked.length = 0;
  const questions: string[] = [];
  const ask = async (question: string) => {
    questions.push(question);
    return false;
  };
  await expect(provideImages(engine, makeRequest({ ask }))).rejects.toMatchObject({
    code: 'OBS_DOCKER_IMAGES_MISSING',
  });
  expect(questions).toEqual([expect.stringMatching(/^an engine does not have .*\(40\.5 MB\).*Pull now\?$/)]);
  expect(asked.filter((line) => line.startsWith('POST'))).toEqual([]);
});

test('a yes pulls', async () => {
  asked.length = 0;
  const request = makeRequest({ ask: () => Promise.resolve(true) });
  await expect(provideImages(engine, request)).rejects.toMatchObject({ code: 'OBS_DOCKER_PULL_FAILED' });
  expect(asked.filter((line) => line.startsWith('POST'))).toEqual([
    expect.stringMatching(/^POST \/images\/create\?fromImage=\S+%2Floki&tag=1$/),
  ]);
});
