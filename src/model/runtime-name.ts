// How a stack is run.
export const runtimeNames = ['docker', 'native', 'embedded', 'remote'] as const;
export type RuntimeName = (typeof runtimeNames)[number];
