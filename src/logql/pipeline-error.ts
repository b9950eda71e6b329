// The refusal of a metric query whose lines could not all be parsed: names a series and how to leave such lines out.
import { QueryError } from '../errors/query-error.ts';
import { errorLabel, formatLabels, type Labels, labelValue } from './values.ts';

/** Loki's text for a failed series, with our own short message. */
export function pipelineError(labels: Labels): QueryError {
  const error = labelValue(labels, errorLabel);
  const serverText =
    `pipeline error: '${error}' for series: '${formatLabels(labels)}'.\n` +
    `Use a label filter to intentionally skip this error. (e.g | __error__!="${error}").\n` +
    'To skip all potential errors you can match empty errors.(e.g __error__="")\n' +
    'The label filter can also be specified after unwrap. (e.g | unwrap latency | __error__="" )\n';
  return new QueryError({
    language: 'logql',
    kind: 'execution',
    message: `some lines failed with ${error}: ${labelValue(labels, '__error_details__')}`,
    serverText,
    suggestion: 'leave them out with | __error__="" behind the parser or unwrap',
    httpStatus: 400,
  });
}
