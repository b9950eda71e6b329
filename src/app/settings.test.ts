// What is said about the settings that a person has made.
import { expect, test } from 'vitest';
import { compareSettings, describeSettings } from './settings.ts';

const person = {
  PATH: '/bin',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'key=secret',
  OTEL_TRACES_SAMPLER: 'always_on',
  OTEL_RESOURCE_ATTRIBUTES: 'team=shop, tier=1',
  OTEL_LOG_LEVEL: '',
  NODE_OPTIONS: '--no-deprecation',
};
const given = {
  ...person,
  OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:20003',
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: '',
  OTEL_RESOURCE_ATTRIBUTES: 'team=shop,tier=1,obs.stack=1',
  NODE_OPTIONS: '--no-deprecation --require=/preload.cjs',
};

test('each setting is kept, extended or not used, and the person is told; credentials are not shown', () => {
  expect(describeSettings(compareSettings(person, given), 'web')).toEqual([
    'OTEL_TRACES_SAMPLER of your environment: kept for web',
    'OTEL_RESOURCE_ATTRIBUTES, NODE_OPTIONS of your environment: kept and extended for web',
    'OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318 of your environment is not used for web',
    'OTEL_EXPORTER_OTLP_TRACES_HEADERS of your environment is not used for web',
  ]);
});

test('nothing is said where nothing was set', () => {
  expect(describeSettings(compareSettings({ PATH: '/bin' }, given), 'web')).toEqual([]);
});
