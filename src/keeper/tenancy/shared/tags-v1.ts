// Tempo's older tag endpoints take no filter. They are asked as the newer ones, which do, and the answer is put into the
// older form.
import { asArray, asRecord, asTexts } from '../../../std/json-value.ts';
import { selectStackSpans } from '../../narrow/traceql.ts';
import type { NarrowedQuestion, Question, WholeAnswer } from '../tenancy.ts';
import { addParameter, type Rule } from './rules.ts';

/** GET /api/search/tags */
export const narrowTagNamesV1: Rule['narrow'] = ({ question, stackId }) =>
  ask(question, stackId, {
    path: '/api/v2/search/tags',
    change: (body) => {
      const scopes = asArray(asRecord(body).scopes).map(asRecord);
      // The older list has intrinsics only where they were asked for.
      const wanted =
        question.query.get('scope') === 'intrinsic' ? scopes : scopes.filter((s) => s.name !== 'intrinsic');
      return { tagNames: [...new Set(wanted.flatMap((scope) => asTexts(scope.tags)))].sort(), metrics: {} };
    },
  });

/** Intrinsics by the names that the older endpoint has for them; any other name is an attribute of any scope. */
const intrinsics: Readonly<Record<string, string>> = {
  name: 'name',
  status: 'status',
  'status.code': 'status',
  rootName: 'rootName',
  'root.name': 'rootName',
  rootServiceName: 'rootServiceName',
  'root.service.name': 'rootServiceName',
};

/** GET /api/search/tag/:name/values */
export const narrowTagValuesV1: Rule['narrow'] = ({ question, name, stackId }) =>
  ask(question, stackId, {
    path: `/api/v2/search/tag/${encodeURIComponent(intrinsics[name] ?? printAttribute(name))}/values`,
    change: (body) => {
      const values = asArray(asRecord(body).tagValues).map((value) => asRecord(value).value);
      return { tagValues: [...new Set(asTexts(values))].sort(), metrics: {} };
    },
  });

interface Translation {
  readonly path: string;
  readonly change: (body: unknown) => unknown;
}

function ask(question: Question, stackId: string, { path, change }: Translation): NarrowedQuestion {
  const query = new URLSearchParams([...question.query].filter(([key]) => key !== 'q'));
  return {
    ...addParameter({ ...question, path, query }, 'q', selectStackSpans(stackId)),
    changeAnswer: (answer) => (answer.status === 200 ? changeBody(answer, change) : answer),
  };
}

function changeBody(answer: WholeAnswer, change: (body: unknown) => unknown): WholeAnswer {
  return { ...answer, body: Buffer.from(JSON.stringify(change(JSON.parse(answer.body.toString('utf8'))))) };
}

function printAttribute(name: string): string {
  return /^[\w.-]+$/.test(name) ? `.${name}` : `."${name.replace(/["\\]/g, '\\$&')}"`;
}
