// Who sends: service, process and SDK, as the resource of everything this process exports.
import { detectResources, envDetector, type Resource, resourceFromAttributes } from '@opentelemetry/resources';

/** The resource of this process: what the environment says, and a `service.instance.id` of its own. */
export function makeResource(): Resource {
  return resourceFromAttributes({
    'service.name': `unknown_service:${process.release.name}`,
    'service.instance.id': makeInstanceId(),
    'process.pid': process.pid,
    'process.runtime.name': 'nodejs',
    'process.runtime.version': process.versions.node,
    'telemetry.sdk.name': 'opentelemetry',
    'telemetry.sdk.language': 'nodejs',
    'telemetry.distro.name': 'obs',
  }).merge(detectResources({ detectors: [envDetector] }));
}

/** A UUID of version 4. It keeps no secret, and `node:crypto` would cost every start several milliseconds. */
function makeInstanceId(): string {
  return 'xxxxxxxx-xxxx-4xxx-vxxx-xxxxxxxxxxxx'.replace(/[xv]/g, (place) => {
    const digit = Math.floor(Math.random() * 16);
    return (place === 'v' ? 8 + (digit % 4) : digit).toString(16);
  });
}
