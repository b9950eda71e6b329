// Answers in Prometheus's envelope.
import { type ApiNotes, encodeSuccess } from '../../../wire/prometheus/api-json.ts';
import type { ApiResponse } from '../../http/types.ts';

/** Success with a value. */
export function answer(data: unknown, notes?: ApiNotes): ApiResponse {
  return answerJson(JSON.stringify(data), notes);
}

/** Success with a value that is JSON already. */
export function answerJson(dataJson: string, notes?: ApiNotes): ApiResponse {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: encodeSuccess(dataJson, notes) };
}
