// The three languages by name; each file says how its server is asked and how its answers are read and compared.
import { logql } from './logql.mjs';
import { promql } from './promql.mjs';
import { traceql } from './traceql.mjs';

export const languages = { promql, logql, traceql };
export const languageNames = Object.keys(languages);
