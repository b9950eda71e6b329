// The version of obs, taken from package.json when it is bundled.
import packageJson from '../../package.json' with { type: 'json' };

export const obsVersion: string = packageJson.version;
