// Every failure that reaches a face, as an ObsError with a code, a reason and a fix.
import { ObsError } from '../errors/obs-error.ts';
import { QueryError } from '../errors/query-error.ts';

/** Turns whatever was thrown into an ObsError; what is not expected becomes OBS_INTERNAL with its cause. */
export function toObsError(thrown: unknown): ObsError {
  if (thrown instanceof ObsError) return thrown;
  if (thrown instanceof QueryError) return refuseQuery(thrown);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new ObsError('OBS_INTERNAL', { message }, { cause: thrown });
}

function refuseQuery(error: QueryError): ObsError {
  const { language, kind, message, expected, suggestion } = error.fields;
  const data = { language, kind, detail: message, ...error.position };
  return new ObsError(
    'OBS_QUERY_REFUSED',
    { ...data, ...(expected && { expected }), ...(suggestion !== undefined && { suggestion }) },
    { cause: error },
  );
}
