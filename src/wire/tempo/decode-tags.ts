// Answers of Tempo's tag endpoints: which attributes there are, and their values.
// https://grafana.com/docs/tempo/latest/api_docs/#search-tags-v2
import { asArray, asRecord, asText, asTexts } from '../../std/json-value.ts';

/** Attribute names by scope (`resource`, `span`, `intrinsic` …), from `/api/v2/search/tags`. */
export function decodeTags(body: unknown): ReadonlyMap<string, readonly string[]> {
  const scopes = asArray(asRecord(body).scopes).map((one) => {
    const { name, tags } = asRecord(one);
    return [asText(name), asTexts(tags)] as const;
  });
  return new Map(scopes);
}

/** Values of one attribute, from `/api/v2/search/tag/NAME/values`. */
export function decodeTagValues(body: unknown): string[] {
  return asArray(asRecord(body).tagValues).map((one) => (typeof one === 'string' ? one : asText(asRecord(one).value)));
}
