// Spans that are alike in shape, name, and attributes of few values have one form: who counts what follows from these, counts
// forms. Attributes of many values stand beside, by span. Made when a query first asks, and from then on kept up with what arrives.
import { PairIndex } from '../../../traceql/functions/pair-index.ts';
import { nameKey, noForm, type SpanColumns, type SpanForms, valueOfType } from '../../../traceql/source.ts';
import { uint32 } from './column.ts';
import { ShapeIndex } from './span-shapes.ts';

/** A key of more values says in forms only that it is there. */
const mostValues = 128;
/** What walking all forms takes is little beside counting spans. */
const roomyForms = 2 ** 15;

export class FormColumn {
  private readonly origin = Symbol('forms');
  private readonly shapes = new ShapeIndex();
  private readonly pairs = new PairIndex();
  /** Forms are paths: each is another with one pair more, and begins with a shape. */
  private readonly index = new PairIndex();
  private readonly forms = uint32();
  private readonly loose = { starts: uint32(), of: uint32() };
  /** By key + 1, so that the name has a place, too. */
  private readonly valuesOf: number[] = [];
  private readonly isLoose: boolean[] = [];
  private readonly room: number;
  private mostForms: number;

  /** `room`: so many forms more, and the key of most values is taken out of those that follow. */
  constructor(room = roomyForms) {
    this.room = room;
    this.mostForms = room;
    this.loose.starts.push(0);
  }

  /** Nothing until it was asked for. */
  get bytes(): number {
    if (this.forms.length === 0) return 0;
    const { shapes, pairs, index, forms, loose } = this;
    const columns = [forms, loose.starts, loose.of];
    return columns.reduce((sum, { bytes }) => sum + bytes, shapes.bytes + pairs.bytes + index.bytes);
  }

  /** The forms of all spans; valid until the next change. `types`: by value id, as in `TraceSource`. */
  upTo(spans: SpanColumns, types: Uint8Array): SpanForms {
    for (let row = this.forms.length; row < spans.count; row++) this.add(row, spans, types);
    const { shapes, pairs, index, forms, loose } = this;
    return {
      origin: this.origin,
      of: forms.data,
      count: index.count,
      parents: index.firsts,
      lastPairs: index.seconds,
      pairs: {
        count: pairs.count,
        keyCount: Math.max(0, this.valuesOf.length - 1),
        keys: pairs.firsts,
        values: pairs.seconds,
      },
      loose: { starts: loose.starts.data, of: loose.of.data },
      shapeRows: shapes.firstRows,
    };
  }

  private add(row: number, spans: SpanColumns, types: Uint8Array): void {
    const { starts, keys, values } = spans.attributes;
    let form = this.index.indexOf(noForm, this.shapes.shapeOf(row, spans));
    form = this.extend(form, nameKey, spans.name[row]!, types); // columns hold every row
    // Owners have a start and an end, and attributes between them.
    for (let i = starts[row]!; i < starts[row + 1]!; i++) form = this.extend(form, keys[i]!, values[i]!, types);
    this.forms.push(form);
    this.loose.starts.push(this.loose.of.length);
    if (this.index.count > this.mostForms) this.loosen();
  }

  /** The form with one pair more. */
  private extend(form: number, key: number, value: number, types: Uint8Array): number {
    const { pairs, index, loose } = this;
    const known = pairs.count;
    const pair = pairs.indexOf(key, value);
    if (pair === known) this.addValue(key);
    if (!this.isLoose[key + 1]) return index.indexOf(form, pair);
    loose.of.push(pair);
    return index.indexOf(form, pairs.indexOf(key, valueOfType(types[value]!))); // values are of the dictionary
  }

  private addValue(key: number): void {
    const values = (this.valuesOf[key + 1] ?? 0) + 1;
    this.valuesOf[key + 1] = values;
    if (values > mostValues) this.isLoose[key + 1] = true;
  }

  private loosen(): void {
    this.mostForms = this.index.count + this.room;
    let most: number | undefined;
    for (const [place, values] of this.valuesOf.entries())
      if (values > 1 && !this.isLoose[place] && values > (this.valuesOf[most ?? -1] ?? 0)) most = place;
    if (most !== undefined) this.isLoose[most] = true;
  }
}
