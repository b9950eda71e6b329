import { describeRuntimeContract } from './runtime.ts';

describeRuntimeContract({ name: 'embedded', flags: [], timeoutMs: 60_000 });
