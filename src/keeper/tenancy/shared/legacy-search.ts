// The search that was before TraceQL (tags and bounds on the duration), as TraceQL that can be narrowed.
import { quoteGoString } from '../../../std/go-string.ts';
import { readTagQuery } from '../../api/tempo/legacy-search.ts';
import { narrowTraceql, selectStackSpans } from '../../narrow/traceql.ts';
import type { Question } from '../tenancy.ts';
import { addParameter } from './rules.ts';

const kept: ReadonlySet<string> = new Set(['limit', 'spss', 'start', 'end']);

/** The search with its tags as a narrowed `q`. @throws HttpRefusal for tags that cannot be read */
export function narrowLegacySearch(question: Question, stackId: string): Question {
  const parameters = new URLSearchParams([...question.query, ...(question.form ?? [])]);
  const hasWindow = parameters.has('start') || parameters.has('end');
  const tags = readTagQuery(parameters, { hasQuery: false, hasWindow });
  // Each tag may be on another span of the trace.
  const filters = [...tags].map(([name, value]) => `{ ${printCondition(name, value)} }`);
  const bounds = [
    ...printBound('>=', parameters.get('minDuration')),
    ...printBound('<=', parameters.get('maxDuration')),
  ];
  const asked = [...filters, ...bounds].join(' && ');
  const query = new URLSearchParams([...parameters].filter(([name]) => kept.has(name)));
  const narrowed = asked === '' ? selectStackSpans(stackId) : narrowTraceql(asked, stackId);
  return addParameter({ ...question, query, form: question.form && new URLSearchParams() }, 'q', narrowed);
}

const statuses: ReadonlySet<string> = new Set(['unset', 'ok', 'error']);
type Printer = (value: string) => string;

/** Tags that are no attributes; names match by a part of their text. */
const printers: Readonly<Record<string, Printer>> = {
  name: (value) => `name =~ ${quoteContaining(value)}`,
  'root.name': (value) => `rootName =~ ${quoteContaining(value)}`,
  'root.service.name': (value) => `rootServiceName =~ ${quoteContaining(value)}`,
  'status.code': (value) => `status = ${statuses.has(value) ? value : 'unset'}`,
};

function printCondition(name: string, value: string): string {
  const print = printers[name];
  if (print !== undefined) return print(value);
  const key = /^[\w.-]+$/.test(name) ? name : `"${name.replace(/["\\]/g, '\\$&')}"`;
  const number = name === 'http.status_code' && /^-?\d+$/.test(value) ? value : undefined;
  return `.${key} = ${number ?? quoteGoString(value)}`;
}

function quoteContaining(text: string): string {
  return quoteGoString(`.*${text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}.*`);
}

function printBound(operator: '>=' | '<=', duration: string | null): string[] {
  return duration === null || duration === '' ? [] : [`{ traceDuration ${operator} ${duration} }`];
}
