// Stands in for RequireInTheMiddleSingleton of @opentelemetry/instrumentation: registrations go to our one module hook.
import type { OnLoaded } from '../module-hook.ts';
import { getRegistry } from '../registry.ts';

export class RequireInTheMiddleSingleton {
  static readonly #only = new RequireInTheMiddleSingleton();

  static getInstance(): RequireInTheMiddleSingleton {
    return RequireInTheMiddleSingleton.#only;
  }

  register(moduleName: string, onRequire: OnLoaded): { moduleName: string; onRequire: OnLoaded } {
    getRegistry().register(moduleName, onRequire);
    return { moduleName, onRequire };
  }
}
