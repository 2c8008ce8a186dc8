import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { removeFolder, temporaryFolder } from '../support/processes';

const root = path.join(__dirname, '../..');

interface Ended {
  code: number;
  out: string;
  err: string;
}

function runNode(args: readonly string[], cwd: string): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd }, (cause, out, err) => {
      resolve({ code: typeof cause?.code === 'number' ? cause.code : 0, out, err });
    });
  });
}

/** A checkout with the launcher and a command line of one line. */
describe('the launcher of the command line', () => {
  let checkout: string;
  const place = (name: string) => path.join(checkout, name);
  const write = (words: string) => writeFileSync(place('agents/cli/main.ts'), words);
  const hemostat = (...args: string[]) => runNode([place('scripts/hemostat.mjs'), ...args], checkout);

  beforeEach(() => {
    checkout = temporaryFolder('launcher');
    ['scripts/demo-fleet', 'agents/cli', 'src/contract'].forEach((name) => mkdirSync(place(name), { recursive: true }));
    ['hemostat.mjs', 'bundle.mjs'].forEach((name) => cpSync(path.join(root, 'scripts', name), place(`scripts/${name}`)));
    cpSync(path.join(root, 'package.json'), place('package.json'));
    symlinkSync(path.join(root, 'node_modules'), place('node_modules'));
    write("const words: string[] = process.argv.slice(2); console.log(words.join('+')); process.exitCode = 3;");
  });
  afterEach(() => removeFolder(checkout));

  it('passes on arguments and exit code', async () => {
    expect(await hemostat('explain', 'a b', '--json')).toEqual({ code: 3, out: 'explain+a b+--json\n', err: '' });
  });

  it('builds anew when a source changed or went away, and only then', async () => {
    await hemostat();
    const before = readFileSync(place('build/hemostat.mjs'), 'utf8');
    writeFileSync(place('build/hemostat.mjs'), "console.log('as it was built');");
    expect((await hemostat()).out).toBe('as it was built\n');
    writeFileSync(place('src/contract/new.ts'), 'export {};');
    expect((await hemostat('again')).out).toBe('again\n');
    expect(readFileSync(place('build/hemostat.mjs'), 'utf8')).toBe(before);
    writeFileSync(place('build/hemostat.mjs'), "console.log('as it was built');");
    rmSync(place('src/contract/new.ts'));
    expect((await hemostat('anew')).out).toBe('anew\n');
  });

  it('stands several first starts at once', async () => {
    const all = await Promise.all([1, 2, 3, 4].map((number) => hemostat(String(number))));
    expect(all.map(({ out }) => out)).toEqual(['1\n', '2\n', '3\n', '4\n']);
    expect(readdirSync(place('build')).sort()).toEqual(['hemostat.mjs', 'hemostat.mjs.map']);
  });

  it('needs neither sources nor esbuild when the bundle is there', async () => {
    await hemostat();
    ['agents', 'src', 'node_modules'].forEach((name) => rmSync(place(name), { recursive: true }));
    expect((await hemostat('production')).out).toBe('production\n');
  });

  it('names what is wrong when it cannot be built', async () => {
    write('const = 1;');
    const broken = await hemostat();
    expect(broken.code).toBe(1);
    expect(broken.err).toMatch(/agents\/cli\/main\.ts:1:6[^]*The command line cannot be built from agents\/cli\/main\.ts\./);
    rmSync(place('node_modules'));
    expect(await hemostat()).toMatchObject({ code: 1, err: 'The packages of HemoStat are not installed. Run: npm ci\n' });
  });

  it('points errors to the TypeScript source', async () => {
    write('interface A { b: number }\n\nfunction f(a: A): void {\n  throw new Error(String(a.b));\n}\nf({ b: 7 });\n');
    expect((await hemostat()).err).toMatch(/agents\/cli\/main\.ts:4/);
  });
});
