// The names of the labels of a metric's series. As long as its points have the same attributes, only values differ: names are
// translated, joined with those of the resource and sorted once, and not for every series.
import { type Labels, metricNameLabel } from '../../../../promql/labels.ts';
import { LabelsTemplate } from '../../../../promql/labels-template.ts';
import { compareText } from '../../../../std/compare-text.ts';
import type { KeyValue } from '../../../../wire/otlp/types.ts';
import { printAttribute } from '../attribute-text.ts';
import { translateLabelName } from '../metric-name.ts';
import type { ResourceLabels } from '../resource-labels.ts';

export class SeriesShape {
  /** Of the attributes, in the order in which they come. */
  readonly #keys: readonly string[];
  readonly #labels: LabelsTemplate;
  /** Which attributes become labels, by the names of these. */
  readonly #shown: readonly number[];

  private constructor(keys: readonly string[], sources: ReadonlyMap<string, string | number>) {
    const names = [...sources.keys()].sort(compareText);
    const values = names.map((name) => sources.get(name) ?? '');
    this.#keys = keys;
    this.#labels = new LabelsTemplate(
      names,
      values.map((value) => (typeof value === 'string' ? value : undefined)),
    );
    this.#shown = values.filter((value) => typeof value === 'number');
  }

  /** As `joinLabels` joins them; undefined where two attributes clash in one label, or anything has no usable name. */
  static of(
    family: string,
    resource: Pick<ResourceLabels, 'promoted' | 'identity'>,
    attributes: readonly KeyValue[],
  ): SeriesShape | undefined {
    if (family === '') return undefined;
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
    const texts: string[] = [];
    for (const source of this.#shown) {
      const text = printAttribute(attributes[source]!.value); // as many as keys
      if (text === '') return undefined;
      texts.push(text);
    }
    return this.#labels.fill(texts);
  }
}
