import packageJson from '../../package.json' with { type: 'json' };

/** Of the server's package. */
export const VERSION: string = packageJson.version;
