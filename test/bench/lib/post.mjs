// One export over OTLP/HTTP.
import { request } from 'node:http';

/** Sends protobuf, over `agent` if one is given; resolves when it was acknowledged, rejects with any other answer. */
export function post(url, body, agent) {
  const headers = { 'content-type': 'application/x-protobuf', 'content-length': body.length };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers, agent }, (answer) => {
      answer
        .resume()
        .once('end', () =>
          answer.statusCode === 200 ? resolve() : reject(new Error(`${url} answered ${answer.statusCode}`)),
        );
    });
    sent.once('error', reject).end(body);
  });
}
