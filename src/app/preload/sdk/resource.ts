// Who sends: service, process and SDK, as the resource of everything this process exports.
import { randomUUID } from 'node:crypto';
import { detectResources, envDetector, type Resource, resourceFromAttributes } from '@opentelemetry/resources';

/** The resource of this process: what the environment says, and a `service.instance.id` of its own. */
export function makeResource(): Resource {
  return resourceFromAttributes({
    'service.name': `unknown_service:${process.release.name}`,
    'service.instance.id': randomUUID(),
    'process.pid': process.pid,
    'process.runtime.name': 'nodejs',
    'process.runtime.version': process.versions.node,
    'telemetry.sdk.name': 'opentelemetry',
    'telemetry.sdk.language': 'nodejs',
    'telemetry.distro.name': 'obs',
  }).merge(detectResources({ detectors: [envDetector] }));
}
