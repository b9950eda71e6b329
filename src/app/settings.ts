// What becomes of the telemetry settings that a person has made, in the environment that an app gets: obs says so at each
// run, because a setting that is silently not used costs an hour.

export type Treatment = 'kept' | 'extended' | 'replaced';

export interface Setting {
  readonly name: string;
  readonly value: string;
  readonly treatment: Treatment;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Every OTEL_ variable and NODE_OPTIONS of `person`, as `given` has it, which is an app's whole environment. */
export function compareSettings(person: Environment, given: Environment): Setting[] {
  return Object.entries(person).flatMap(([name, value]) =>
    value === undefined || value === '' || !isSetting(name)
      ? []
      : [{ name, value, treatment: judge(value, given[name]) }],
  );
}

/** One line for each treatment that occurs. */
export function describeSettings(settings: readonly Setting[], app: string): string[] {
  const list = (treatment: Treatment): Setting[] => settings.filter((one) => one.treatment === treatment);
  const names = (some: readonly Setting[]): string => some.map(({ name }) => name).join(', ');
  const [kept, extended] = [list('kept'), list('extended')];
  return [
    ...(kept.length === 0 ? [] : [`${names(kept)} of your environment: kept for ${app}`]),
    ...(extended.length === 0 ? [] : [`${names(extended)} of your environment: kept and extended for ${app}`]),
    ...list('replaced').map((one) => `${show(one)} of your environment is not used for ${app}`),
  ];
}

function isSetting(name: string): boolean {
  return name.startsWith('OTEL_') || name === 'NODE_OPTIONS';
}

function judge(value: string, given: string | undefined): Treatment {
  if (given === value) return 'kept';
  const items = value.split(/[,\s]+/).filter((item) => item !== '');
  return given !== undefined && items.every((item) => given.includes(item)) ? 'extended' : 'replaced';
}

/** Headers carry credentials. */
function show({ name, value }: Setting): string {
  return name.includes('HEADERS') ? name : `${name}=${value}`;
}
