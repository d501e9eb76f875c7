/** What a command gets: its arguments; it resolves to the exit code. */
type Command = (args: readonly string[]) => Promise<number>;

/** Every command of `munjigi`, loaded only when it is called: one line each. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  bundle: async () => (await import('./bundle/main.ts')).main,
  check: async () => (await import('./check/main.ts')).main,
  start: async () => (await import('./start/index.ts')).start,
  accounts: async () => (await import('./accounts/main.ts')).main,
  issue: async () => (await import('./issuer/main.ts')).main,
  venue: async () => (await import('./venue/main.ts')).main,
  case: async () => (await import('./case/main.ts')).main,
  retention: async () => (await import('./retention/main.ts')).main,
  keys: async () => (await import('./keys/main.ts')).main,
  doctor: async () => (await import('./doctor/main.ts')).main,
  sunset: async () => (await import('./sunset/main.ts')).main,
  serve: async () => (await import('./serve/main.ts')).main,
  backup: async () => (await import('./backup/backup.ts')).main,
  restore: async () => (await import('./backup/restore.ts')).main,
  register: async () => (await import('./register/main.ts')).main,
  status: async () => (await import('./status/main.ts')).main,
  plan: async () => (await import('./plan/main.ts')).main,
  log: async () => (await import('./log/main.ts')).main,
  maintenance: async () => (await import('./maintenance/main.ts')).main,
  canary: async () => (await import('./canary/main.ts')).main,
};

/** Commands that open databases of a data folder themselves. */
const OPENS_DATABASES = new Set([
  ...['bundle', 'accounts', 'issue', 'retention', 'keys', 'doctor', 'sunset', 'serve'],
  ...['backup', 'restore', 'register', 'log'],
]);

const HELP = `munjigi COMMAND …

Commands: ${Object.keys(COMMANDS).join(', ')}
munjigi COMMAND --help says more.
`;

/** Runs the command that the arguments name; resolves to the exit code. 2 for a command that does not exist. */
export async function main(args: readonly string[]): Promise<number> {
  const [name = 'help', ...rest] = args;
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load) {
    const command = await load();
    if (!OPENS_DATABASES.has(name)) return command(rest);
    const { withFolderDatabases } = await import('./start/servers/in-folder.ts');
    return withFolderDatabases(rest, () => command(rest));
  }
  const asked = name === 'help' || name === '--help' || name === '-h';
  (asked ? process.stdout : process.stderr).write(
    asked ? HELP : `munjigi: there is no command "${name}".\n\n${HELP}`,
  );
  return asked ? 0 : 2;
}
