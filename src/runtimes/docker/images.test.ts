// Whether images that are missing are pulled, and who is asked; with a fake of an engine that has none.
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

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(404, { connection: 'close' }).end(JSON.stringify({ message: 'no such image' }));
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
  const whole = { ...base, env: {}, pull: false, grafana: false, ...settings };
  // Images are looked up by settings alone.
  return { state: {} as StackState, folder: files, progress: () => {}, settings: whole };
}

test('nobody to ask is an error with names and sizes, and nothing is pulled', async () => {
  asked.length = 0;
  await expect(provideImages(engine, makeRequest({}))).rejects.toMatchObject({
    code: 'OBS_DOCKER_IMAGES_MISSING',
    why: expect.stringMatching(/grafana\/loki:\S+ \(roughly \d+ MB\), prom\/prometheus:v\S+ \(roughly \d+ MB\)/),
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
  expect(questions).toEqual([expect.stringMatching(/^an engine does not have .*roughly \d+ MB.*Pull now\?$/)]);
  expect(asked.filter((line) => line.startsWith('POST'))).toEqual([]);
});

test('a yes pulls', async () => {
  asked.length = 0;
  const request = makeRequest({ ask: () => Promise.resolve(true) });
  await expect(provideImages(engine, request)).rejects.toMatchObject({ code: 'OBS_DOCKER_PULL_FAILED' });
  expect(asked.filter((line) => line.startsWith('POST'))).toEqual([
    expect.stringMatching(/^POST \/images\/create\?fromImage=grafana%2Floki/),
  ]);
});
