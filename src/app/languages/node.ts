// Node: the preload that NODE_OPTIONS names reaches every Node process below the command.
import type { Language } from './language.ts';

const programs = /^(?:node|nodejs|npm|npx|pnpm|pnpx|yarn|tsx|ts-node|nodemon|next|nest|vite|vitest|jest|mocha)$/;

export const node: Language = {
  name: 'node',
  matches: ({ program, interpreter = '' }) => programs.test(program) || /\/node$/.test(interpreter),
  instrument: async () => ({
    language: 'node',
    how: 'a preload in NODE_OPTIONS instruments each library as the app loads it',
    // Set for every app, since any command may start Node somewhere below it.
    env: {},
    missing: null,
  }),
};
