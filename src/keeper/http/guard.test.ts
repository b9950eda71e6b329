// Who may talk to a listener.
import { expect, test } from 'vitest';
import { refuseStrangers } from './guard.ts';

const docker = new Set(['172.17.0.1', 'host.docker.internal']);

test.each([
  [{ host: '127.0.0.1:21310' }],
  [{ host: 'LocalHost:1' }],
  [{ host: '[::1]:21310' }],
  [{ host: '172.17.0.1:21313' }],
  [{ host: 'localhost', origin: 'http://localhost:3000' }],
  [{ host: 'localhost', origin: 'http://[::1]:3000' }],
  [{ host: '127.0.0.1', origin: 'http://localhost:3000', 'sec-fetch-site': 'cross-site' }],
  [{ host: '127.0.0.1', 'sec-fetch-site': 'same-site' }],
  [{ host: '127.0.0.1', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }],
])('%o is let in', (headers: Record<string, string>) => {
  expect(() => refuseStrangers(headers, docker)).not.toThrow();
});

test.each([
  [{}],
  [{ host: '' }],
  [{ host: 'attacker.example' }],
  [{ host: '127.0.0.1.attacker.example' }],
  [{ host: 'localhost.attacker.example:80' }],
  [{ host: '10.0.0.1' }],
  [{ host: 'localhost', origin: 'null' }],
  [{ host: 'localhost', origin: 'https://attacker.example' }],
  [{ host: 'localhost', origin: 'http://localhost.attacker.example' }],
  [{ host: 'localhost', origin: 'http://localhost@attacker.example' }],
  [{ host: '127.0.0.1', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
])('%o is refused', (headers: Record<string, string>) => {
  expect(() => refuseStrangers(headers, docker)).toThrow(expect.objectContaining({ status: 403 }));
});
