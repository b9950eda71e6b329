// WebSockets to a server (Loki's tail): the handshake is a question like any other, and what follows is passed on as it is.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { UpgradeHandler } from '../http/listener.ts';
import { HttpRefusal } from '../http/refusal.ts';
import { describeDenial } from '../upstream/denial.ts';
import { pickRequestHeaders } from './headers.ts';
import { explain, openRequest } from './open.ts';
import type { ProxyOptions } from './proxy.ts';
import { readQuestion, writeQuestion } from './question.ts';

/** Tails open at once on one port. */
const maxTunnels = 64;

/** Serves requests for a WebSocket. */
export function makeTunnels({ upstream, narrower }: ProxyOptions): UpgradeHandler {
  let open = 0;
  return async (message, client) => {
    if (open >= maxTunnels)
      throw new HttpRefusal(503, `too many tails: at most ${maxTunnels} at once`, { headers: { 'retry-after': '1' } });
    const asked = readQuestion(message, Buffer.alloc(0));
    const narrowed = narrower.narrow(asked);
    const { target } = writeQuestion(asked, narrowed, { target: message.url ?? '/', body: Buffer.alloc(0) });
    const headers = { ...pickRequestHeaders(message.headers), connection: 'upgrade', upgrade: 'websocket' };
    const aborter = new AbortController();
    client.once('close', () => aborter.abort());
    const sent = await openRequest(upstream, { method: 'GET', target, headers, signal: aborter.signal });
    const server = await new Promise<Duplex>((resolve, reject) => {
      sent.once('error', (error) => reject(explain(upstream, error)));
      sent.once('response', (answer) => refuseAs(upstream.name, answer).then(reject, reject));
      sent.once('upgrade', (answer, socket, head) => {
        client.write(writeHandshake(answer));
        if (head.length > 0) client.write(head);
        resolve(socket);
      });
      sent.end();
    });
    open++;
    server.once('close', () => open--);
    join(client, server);
  };
}

function join(a: Duplex, b: Duplex): void {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    from.once('error', () => to.destroy());
    from.once('close', () => to.destroy());
    from.pipe(to);
  }
}

// What a server says instead of opening the socket.
async function refuseAs(server: string, answer: IncomingMessage): Promise<HttpRefusal> {
  const denial = describeDenial(server, answer.statusCode);
  if (denial !== undefined) return new HttpRefusal(502, denial);
  let text = '';
  for await (const chunk of answer) if (text.length < 2000) text += String(chunk);
  return new HttpRefusal(answer.statusCode ?? 502, text.trim());
}

function writeHandshake({ statusMessage, rawHeaders }: IncomingMessage): string {
  const lines = rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${rawHeaders[i + 1] ?? ''}`] : []));
  return [`HTTP/1.1 101 ${statusMessage ?? ''}`, ...lines, '', ''].join('\r\n');
}
