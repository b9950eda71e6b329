// label_replace(v, target, replacement, source, pattern): sets a label from a regular expression on another.
import { compileRe2, type Re2 } from '../../std/re2.ts';
import type { LabelReplaceExpr } from '../ast.ts';
import { type Labels, labelValue, makeLabels, type Sample } from '../values.ts';

/** Rewrites labels; remembers what it made of each label set. */
export class LabelReplacer {
  readonly #expr: LabelReplaceExpr;
  readonly #re: Re2;
  readonly #made = new Map<Labels, Labels>();

  constructor(expr: LabelReplaceExpr) {
    this.#expr = expr;
    this.#re = compileRe2(`^(?:${expr.pattern})$`);
  }

  replace(samples: readonly Sample[]): Sample[] {
    return samples.map(({ labels, value }) => {
      let made = this.#made.get(labels);
      if (!made) {
        made = this.#rewrite(labels);
        this.#made.set(labels, made);
      }
      return { labels: made, value };
    });
  }

  #rewrite(labels: Labels): Labels {
    const { target, replacement, source } = this.#expr;
    const text = labelValue(labels, source);
    if (!this.#re.test(text)) return labels;
    const value = this.#re.replaceAll(text, replacement);
    const others = labels.filter(([name]) => name !== target);
    return value === '' ? others : makeLabels([...others, [target, value]]);
  }
}
