// The contract suite of runtimes, for the embedded one.
import { describeRuntimeContract } from './runtime.ts';

describeRuntimeContract({ name: 'embedded', flags: [], timeoutMs: 120_000 });
