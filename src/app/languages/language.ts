// What obs can do for an app without a change to it, by the language it is written in.

/** The program that a command starts, as far as it can be told beforehand. */
export interface Launch {
  /** First word of the command, and what follows it. */
  readonly program: string;
  readonly args: readonly string[];
  /** Absolute path of the program; undefined if PATH has none. */
  readonly file: string | undefined;
  /** Interpreter that a script names in its first line. */
  readonly interpreter: string | undefined;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Where obs keeps what it needs for instrumentation. */
export interface Depot {
  /** A private folder of this user, for what `--install` fetches. */
  readonly folder: string;
  /** Folder of what comes with obs itself (dist/). */
  readonly dist: string;
}

export interface Instrumentation {
  readonly language: string;
  /** What will be done, in one sentence. */
  readonly how: string;
  /** To be added to the app's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** What is not there, and the command that brings it; null if nothing is missing. */
  readonly missing: { readonly what: string; readonly fix: string } | null;
}

/** Told in one line what is being done. */
export type Progress = (line: string) => void;

/** Which libraries of an app will be watched. */
export interface Survey {
  readonly watched: readonly string[];
  /** Libraries that could be watched if their instrumentation were there, and the command that brings it. */
  readonly unwatched: readonly string[];
  readonly fix: string;
}

export interface Language {
  readonly name: string;
  readonly matches: (launch: Launch) => boolean;
  readonly instrument: (launch: Launch, depot: Depot) => Promise<Instrumentation>;
  /** Files that would name an SDK for logs in the app; absent where its sending shows in another way. */
  readonly listCode?: (launch: Launch) => Promise<readonly string[]>;
  /** A closer look, too slow for every start; undefined where there is nothing to look at. */
  readonly survey?: (launch: Launch, depot: Depot) => Promise<Survey | undefined>;
  /** Puts what is missing into the depot; languages without it are told what to install. */
  readonly install?: (launch: Launch, depot: Depot, progress: Progress) => Promise<void>;
}

/** Adds a word to a list of options that is separated by `separator`, unless it is there. */
export function appendOption(present: string | undefined, option: string, separator: string): string {
  if (present === undefined || present.trim() === '') return option;
  return present.includes(option) ? present : `${present}${separator}${option}`;
}

/** Brings what is missing, for languages that have `install`. */
export const installFix = 'obs run --install';

/** For an app whose language could be instrumented if something were installed. */
export function lacking(language: string, missing: { readonly what: string; readonly fix: string }): Instrumentation {
  return { language, how: 'its environment says where to send; nothing in it sends by itself', env: {}, missing };
}
