// Lines that an app both prints and sends itself over OTLP: which of the printed ones are those. A logger prints more than
// it sends (time, level, name, or all of it as JSON), so the text that was sent is looked for within the line.

/** Texts that are remembered; beyond this the oldest are forgotten, and their lines are then kept twice. */
const maxTexts = 50_000;
/** Shorter ones, such as `ok`, are the same only as the whole line. */
const minPartLength = 8;
const maxPrefixWords = 24;

/** Python writes `INFO:shop:paid`. */
const wordEnd = /[ :]/g;
/** Where attributes begin that are written behind a message. */
const attributesBegin = /\s(?:[\w.-]+=|\{)/;
const logfmtMessage = /(?:^|\s)(?:msg|message)=("(?:[^"\\]|\\.)*"|[^\s"]+)/;
const jsonMessage = /"(?:msg|message|body)"\s*:\s*("(?:[^"\\]|\\.)*")/;

export class Doubles {
  readonly #sent = new Map<string, number>();

  /** Remembers a text that the app sent. */
  add(text: string): void {
    const key = readKey(text);
    if (key === '') return;
    this.#sent.set(key, (this.#sent.get(key) ?? 0) + 1);
    if (this.#sent.size <= maxTexts) return;
    const oldest = this.#sent.keys().next();
    if (!oldest.done) this.#sent.delete(oldest.value);
  }

  /** Whether a printed line was sent, too; each text that was sent stands for one line. */
  take(line: string): boolean {
    if (this.#sent.size === 0) return false;
    const found = listParts(readKey(line)).find((part) => this.#sent.has(part));
    if (found === undefined) return false;
    const left = (this.#sent.get(found) ?? 1) - 1;
    if (left === 0) this.#sent.delete(found);
    else this.#sent.set(found, left);
    return true;
  }
}

/** A stack trace is known by its first line. */
function readKey(text: string): string {
  const end = text.indexOf('\n');
  return (end === -1 ? text : text.slice(0, end)).trim();
}

/** What of a line may have been sent: all of it, its message if it is JSON or logfmt, what follows one of its first words. */
function listParts(line: string): string[] {
  const parts = [line];
  const message = (line.startsWith('{') ? jsonMessage : logfmtMessage).exec(line)?.[1];
  if (message !== undefined) parts.push(message.startsWith('"') ? readJsonText(message) : message);
  parts.push(...listTails(line));
  const attributesAt = line.search(attributesBegin);
  if (attributesAt > 0) parts.push(...listTails(line.slice(0, attributesAt)));
  return parts;
}

/** What follows one of the first words. */
function listTails(line: string): string[] {
  const parts: string[] = [];
  for (const { index } of line.matchAll(wordEnd)) {
    const rest = line.slice(index + 1).trim();
    if (rest.length < minPartLength || parts.length === maxPrefixWords) break;
    parts.push(rest);
  }
  return parts;
}

function readJsonText(literal: string): string {
  try {
    return readKey(String(JSON.parse(literal)));
  } catch {
    return literal; // an escape that is none
  }
}
