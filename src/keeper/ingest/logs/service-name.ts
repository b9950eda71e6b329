// Every stream has a `service_name`: its own, else the first of the labels that usually hold a service's name.
import type { Label } from '../../../logql/values.ts';

const candidates = [
  'service',
  'app',
  'application',
  'app_name',
  'name',
  'app_kubernetes_io_name',
  'container',
  'container_name',
  'k8s_container_name',
  'component',
  'workload',
  'job',
  'k8s_job_name',
];

/** Adds `service_name` to stream labels that lack one. */
export function addServiceName(labels: readonly Label[]): Label[] {
  if (labels.some(([name, value]) => name === 'service_name' && value !== '')) return [...labels];
  const found = labels.find(([name]) => candidates.includes(name));
  return [...labels, ['service_name', found?.[1] ?? 'unknown_service']];
}
