// Finds patterns in lines as they come: the Drain algorithm. Lines are sorted by their number of tokens and their first
// tokens; among those, a line joins the cluster it is most similar to, and what differs becomes a placeholder.
// He, Zhu, Zheng, Lyu: "Drain: An Online Log Parsing Approach with Fixed Depth Tree" (ICWS 2017)
import { type TokenizedLine, tokenizeLine } from './tokenize.ts';

const placeholder = '<_>';
const leafDepth = 28;
const maxChildren = 15;
const maxClusters = 300;
/** Share of equal tokens that makes a line part of a cluster. */
const similarity = 0.3;
const maxLineChars = 3000;
const minTokens = 4;
/** Below it, patterns say nothing. */
const maxPlaceholderShare = 0.9;

interface Cluster {
  tokens: string[];
  readonly spacesAfter: readonly number[];
  count: number;
  readonly times: Map<bigint, number>;
}

interface Node {
  readonly children: Map<string, Node>;
  readonly clusters: Cluster[];
}

export interface FoundPattern {
  readonly text: string;
  readonly count: number;
  /** Lines by the time they were added with. */
  readonly times: ReadonlyMap<bigint, number>;
}

export class PatternTree {
  readonly #byLength = new Map<number, Node>();
  readonly #clusters: Cluster[] = [];

  /** Adds a line; `time` is the bucket it counts in. False: it is too short or too long for a pattern, or one too many. */
  add(line: string, time: bigint): boolean {
    if (line.length > maxLineChars) return false;
    const tokenized = tokenizeLine(line);
    if (tokenized.tokens.length < minTokens) return false;
    const cluster = this.#find(tokenized) ?? this.#create(tokenized);
    if (!cluster) return false;
    cluster.count++;
    cluster.times.set(time, (cluster.times.get(time) ?? 0) + 1);
    cluster.tokens = cluster.tokens.map((token, i) => (token === tokenized.tokens[i] ? token : placeholder));
    return true;
  }

  /** All patterns, in the order in which they were first seen. */
  list(): FoundPattern[] {
    return this.#clusters.map((cluster) => ({ text: joinTokens(cluster), count: cluster.count, times: cluster.times }));
  }

  #find({ tokens }: TokenizedLine): Cluster | undefined {
    let node = this.#byLength.get(tokens.length);
    for (const token of pathOf(tokens)) node = node?.children.get(token) ?? node?.children.get(placeholder);
    let best: { cluster: Cluster; share: number; placeholders: number } | undefined;
    for (const cluster of node?.clusters ?? []) {
      const { share, placeholders } = compare(cluster.tokens, tokens);
      const better = !best || share > best.share || (share === best.share && placeholders > best.placeholders);
      if (better) best = { cluster, share, placeholders };
    }
    return best && best.share >= similarity ? best.cluster : undefined;
  }

  #create({ tokens, spacesAfter }: TokenizedLine): Cluster | undefined {
    if (this.#clusters.length >= maxClusters) return undefined;
    const cluster: Cluster = { tokens: [...tokens], spacesAfter, count: 0, times: new Map() };
    this.#clusters.push(cluster);
    let node = this.#byLength.get(tokens.length);
    if (!node) {
      node = makeNode();
      this.#byLength.set(tokens.length, node);
    }
    for (const token of pathOf(tokens)) node = descend(node, token);
    node.clusters.push(cluster);
    return cluster;
  }
}

function pathOf(tokens: readonly string[]): readonly string[] {
  return tokens.slice(0, Math.min(leafDepth, tokens.length - 1));
}

// Tokens with digits vary, so they share the placeholder's branch; so do tokens beyond the widest node.
function descend(node: Node, token: string): Node {
  const key =
    /\p{N}/u.test(token) || (!node.children.has(token) && node.children.size >= maxChildren) ? placeholder : token;
  let child = node.children.get(key);
  if (!child) {
    child = makeNode();
    node.children.set(key, child);
  }
  return child;
}

function makeNode(): Node {
  return { children: new Map(), clusters: [] };
}

function compare(cluster: readonly string[], tokens: readonly string[]): { share: number; placeholders: number } {
  let equal = 0;
  let placeholders = 0;
  for (const [i, token] of cluster.entries()) {
    if (token === placeholder) placeholders++;
    else if (token === tokens[i]) equal++;
  }
  const tooVague = placeholders / cluster.length > maxPlaceholderShare;
  return { share: tooVague ? -1 : equal / cluster.length, placeholders };
}

// Neighbouring placeholders without a space between them are one.
function joinTokens({ tokens, spacesAfter }: Cluster): string {
  const text = tokens.map((token, i) => token + ' '.repeat(spacesAfter[i + 1] ?? 0)).join('');
  const all = ' '.repeat(spacesAfter[0] ?? 0) + text;
  return all.replace(/<_>(?:<_>)+/g, placeholder);
}
