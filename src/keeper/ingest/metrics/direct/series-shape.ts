// The names of the labels of a metric's series. As long as its points have the same attributes, only values differ: names are
// translated, joined with those of the resource and sorted once, and not for every series.
import { Labels, metricNameLabel } from '../../../../promql/labels.ts';
import { compareText } from '../../../../std/compare-text.ts';
import type { KeyValue } from '../../../../wire/otlp/types.ts';
import { printAttribute } from '../attribute-text.ts';
import { translateLabelName } from '../metric-name.ts';
import type { ResourceLabels } from '../resource-labels.ts';

export class SeriesShape {
  /** Of the attributes, in the order in which they come. */
  readonly #keys: readonly string[];
  readonly #names: readonly string[];
  /** By name: the value itself, or the index of the attribute that has it. */
  readonly #sources: readonly (string | number)[];

  private constructor(keys: readonly string[], sources: ReadonlyMap<string, string | number>) {
    this.#keys = keys;
    this.#names = [...sources.keys()].sort(compareText);
    this.#sources = this.#names.map((name) => sources.get(name) ?? '');
  }

  /** As `joinLabels` joins them; undefined where two attributes clash in one label, or have no usable name. */
  static of(
    family: string,
    resource: Pick<ResourceLabels, 'promoted' | 'identity'>,
    attributes: readonly KeyValue[],
  ): SeriesShape | undefined {
    const sources = new Map<string, string | number>();
    for (const [i, { key }] of attributes.entries()) {
      if (key === metricNameLabel) continue;
      const name = translateLabelName(key);
      if (name === undefined || sources.has(name)) return undefined;
      sources.set(name, i);
    }
    for (const [name, value] of resource.promoted) if (!sources.has(name) && value !== '') sources.set(name, value);
    for (const [name, value] of resource.identity) sources.set(name, value);
    sources.set(metricNameLabel, family);
    const keys = attributes.map(({ key }) => key);
    return new SeriesShape(keys, sources);
  }

  /** The labels of a point; undefined if its attributes have other keys, or an empty value, which is no label. */
  name(attributes: readonly KeyValue[]): Labels | undefined {
    const keys = this.#keys;
    if (attributes.length !== keys.length) return undefined;
    for (let i = 0; i < keys.length; i++) if (attributes[i]?.key !== keys[i]) return undefined;
    const values: string[] = [];
    for (const source of this.#sources) {
      const value = typeof source === 'string' ? source : printAttribute(attributes[source]!.value); // as many as keys
      if (value === '') return undefined;
      values.push(value);
    }
    return new Labels(this.#names, values);
  }
}
