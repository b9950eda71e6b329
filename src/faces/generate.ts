// Entry of `npm run generate`: rewrites the committed files that are made from the code.

import { writeGeneratedFiles } from '../tools/generate/write.ts';
import { toolList } from '../tools/list.ts';
import { faceVerbs } from './cli/face-verbs.ts';

const written = await writeGeneratedFiles(process.cwd(), [...toolList, ...faceVerbs]);
process.stdout.write(written.length === 0 ? 'nothing was stale\n' : written.map((path) => `wrote ${path}\n`).join(''));
