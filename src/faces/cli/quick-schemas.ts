// Imported before all else: zod compiles a schema to a function when it is first used, which pays off after some hundred
// uses only. A verb uses each schema once.
import { z } from 'zod';

z.config({ jitless: true });
