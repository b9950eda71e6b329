// The tenancy of a stack's backend. A shared one needs the parsers of all three languages, so it is loaded on demand.
import type { Backend } from '../../model/backend.ts';
import { aloneTenancy } from './alone.ts';
import type { Tenancy } from './tenancy.ts';

const tenancies: Readonly<Record<Backend['tenancy'], (stackId: string) => Promise<Tenancy>>> = {
  alone: () => Promise.resolve(aloneTenancy),
  shared: async (stackId) => (await import('./shared/shared.ts')).makeSharedTenancy(stackId),
};

/** How this stack shares its backend with others. */
export function chooseTenancy({ tenancy }: Pick<Backend, 'tenancy'>, stackId: string): Promise<Tenancy> {
  return tenancies[tenancy](stackId);
}
