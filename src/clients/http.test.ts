// One HTTP request against servers that answer, are silent, break off or say too much.
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { HttpFailure, sendHttp } from './http.ts';
import { KeeperClient, readIdentity } from './keeper.ts';

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((done) => server.close(done));
});

function listen(server: Server): Promise<string> {
  servers.push(server);
  return new Promise((resolve) => {
    // A listening TCP server has an address with a port.
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
}

// It reads what it gets, so that it notices when the client has gone.
function createSilentServer(): Server {
  return createServer((socket) => void socket.resume());
}

/** A server that answers every request in one way, and notes what it was asked. */
async function serve(status: number, body: string) {
  const requests: { line: string; authorization: string | undefined; body: string }[] = [];
  const server = createHttpServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += chunk));
    request.on('end', () => {
      requests.push({
        line: `${request.method} ${request.url}`,
        authorization: request.headers.authorization,
        body: text,
      });
      response.writeHead(status).end(body);
    });
  });
  return { url: await listen(server), requests };
}

describe('an HTTP request', () => {
  test('returns status and body, whatever the status', async () => {
    const { url, requests } = await serve(418, 'tea');
    const answer = await sendHttp({ method: 'POST', url: `${url}/pot`, body: 'leaves', timeoutMs: 5000 });
    expect({ status: answer.status, body: answer.body.toString() }).toEqual({ status: 418, body: 'tea' });
    expect(requests).toMatchObject([{ line: 'POST /pot', body: 'leaves' }]);
  });

  test('ends after its time-out when the server is silent', async () => {
    const url = await listen(createSilentServer());
    const sent = sendHttp({ method: 'GET', url, timeoutMs: 30 });
    await expect(sent).rejects.toMatchObject({ code: 'ETIMEDOUT', message: expect.stringContaining('30 ms') });
  });

  test('rejects with the reason of a signal that was aborted before, and sends nothing', async () => {
    const { url, requests } = await serve(200, '');
    const sent = sendHttp({ method: 'GET', url, timeoutMs: 5000, signal: AbortSignal.abort(new Error('enough')) });
    await expect(sent).rejects.toThrow('enough');
    expect(requests).toEqual([]);
  });

  test('fails when the connection is closed without an answer, as behind a port proxy', async () => {
    const url = await listen(createServer((socket) => socket.destroy()));
    await expect(sendHttp({ method: 'GET', url, timeoutMs: 5000 })).rejects.toBeInstanceOf(HttpFailure);
  });

  test('fails when the answer is longer than allowed', async () => {
    const { url } = await serve(200, 'x'.repeat(1000));
    const sent = sendHttp({ method: 'GET', url, timeoutMs: 5000, maxBytes: 100 });
    await expect(sent).rejects.toThrow('longer than 100 bytes');
  });

  test('rejects with the reason of its signal', async () => {
    const url = await listen(createSilentServer());
    const controller = new AbortController();
    const sent = sendHttp({ method: 'GET', url, timeoutMs: 5000, signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(sent).rejects.toThrow('enough');
  });

  test('rejects with the reason of a signal that was aborted before, and leaves no error unheard', async () => {
    const url = await listen(createSilentServer());
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(sendHttp({ method: 'GET', url, timeoutMs: 5000, signal })).rejects.toThrow('enough');
    // The request's own failure comes a moment later; nobody listening, it would end the process.
    await new Promise((done) => setTimeout(done, 20));
  });
});

describe('the client of a keeper', () => {
  test('sends its token and parses the answer', async () => {
    const { url, requests } = await serve(200, '{"expiresAtMs":5}');
    expect(await new KeeperClient({ url, token: 't' }).renewLease()).toEqual({ expiresAtMs: 5 });
    expect(requests).toMatchObject([{ line: 'POST /obs/lease', authorization: 'Bearer t' }]);
  });

  test('says that nobody listens', async () => {
    const url = await listen(createSilentServer());
    await new Promise((done) => servers.pop()?.close(done));
    await expect(new KeeperClient({ url, token: 't' }).status()).rejects.toMatchObject({
      code: 'OBS_KEEPER_GONE',
      fix: 'obs up',
    });
  });

  test('passes on what the keeper refused', async () => {
    const { url } = await serve(401, 'wrong token');
    await expect(new KeeperClient({ url, token: 't' }).runs()).rejects.toMatchObject({
      code: 'OBS_KEEPER_REFUSED',
      why: 'wrong token',
    });
  });

  test.each([
    ['a stranger that speaks HTTP', 200, '<html>'],
    ['a stranger that speaks JSON', 200, '{"product":"other"}'],
  ])('takes %s for no keeper', async (_name, status, body) => {
    const { url } = await serve(status, body);
    expect(await readIdentity(url)).toBeUndefined();
  });

  test('takes silence for no keeper', async () => {
    expect(await readIdentity(await listen(createSilentServer()), { timeoutMs: 30 })).toBeUndefined();
  });
});
