// The makers of random queries that the tests of the languages use, over names that a server holds.
import { makeRandom, QueryMaker } from '../logql/random-query.ts';
import { Random } from '../promql/random.ts';
import { ExpressionMaker, type Vocabulary } from '../promql/random-expression.ts';

/** What the logs of test/conformance speak of. */
const logWords = {
  selector: '{service_name=~".+"',
  names: [
    'service_name',
    'level',
    'status',
    'took',
    'sku',
    'qty',
    'duration',
    'latency',
    'mem',
    'ratio',
    'addr',
    'user',
  ].concat([
    'order_id',
    'queue',
    'detected_level',
    'http_method',
    'rt',
    'attempt',
    'msg',
    'shelf',
    '__error__',
    'x',
    'y',
  ]),
  texts: [
    '"error"',
    '"GET"',
    '`level=`',
    '"(?i)TEA"',
    '"done"',
    '""',
    '"5.*"',
    '".+"',
    '"mug|kettle"',
    '"東京"',
    '"200"',
  ],
  // Aggregations of bare numbers break the real server.
  constants: ['vector(2)'],
  unwrapped: ['qty', 'duration(took)', 'bytes(mem)', 'ratio', 'latency', 'rt', 'duration_seconds(duration)', 'attempt'],
};

/** Makes a query of a language at a depth. */
export function makeMaker(language: string, seed: number, vocabulary: Vocabulary): (depth: number) => string {
  if (language === 'logql') {
    const maker = new QueryMaker(makeRandom(seed), logWords);
    return () => maker.make();
  }
  const maker = new ExpressionMaker(new Random(seed), vocabulary);
  return (depth) => maker.make(depth);
}
