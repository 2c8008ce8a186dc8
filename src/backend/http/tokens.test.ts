import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { SettingsError } from '../../../agents/runtime/settings/define';
import { removeFolder, temporaryFolder } from '../../../tests/support/processes';
import { callerOf, readTokens } from './tokens';

const secret = 'admin-token-0123456789';
let folder = '';
beforeAll(() => {
  folder = temporaryFolder('tokens');
});
afterAll(() => removeFolder(folder));

function withFile(text: string, token = '') {
  const file = path.join(folder, 'tokens');
  writeFileSync(file, text);
  return () => readTokens({ token, tokenUser: 'api', tokensFile: file });
}
const none = { token: '', tokenUser: 'api', tokensFile: '' };

describe('tokens', () => {
  test('the one of the settings is an administrator', () => {
    const found = readTokens({ ...none, token: secret }).find(`Bearer ${secret}`);
    expect(found).toMatchObject({ role: 'Admin', user: 'api', proxy: false });
  });

  test.each([undefined, '', 'Bearer', `Basic ${secret}`, secret, 'Bearer x', `Bearer ${secret}x`, `Bearer ${secret} x`, `Bearer ${secret.toUpperCase()}`])('%p finds none', (header) => {
    expect(readTokens({ ...none, token: secret }).find(header)).toBeUndefined();
  });

  test('a file gives each its role and user', () => {
    const book = withFile(`# who may do what\n\nviewer-token-0123456789 Viewer vera\r\neditor-token-0123456789\teditor  eddy\nproxy-token-01234567890 Admin grafana proxy\n`, secret)();
    expect(book.size).toBe(4);
    expect(book.find('bearer viewer-token-0123456789')).toMatchObject({ role: 'Viewer', user: 'vera', proxy: false });
    expect(book.find('Bearer editor-token-0123456789')).toMatchObject({ role: 'Editor', user: 'eddy' });
    expect(book.find('Bearer proxy-token-01234567890')).toMatchObject({ role: 'Admin', proxy: true });
  });

  test.each([
    ['a short token', 'short Viewer vera', /line 1 .* shorter than 16/],
    ['an unknown role', 'viewer-token-0123456789 Root vera', /the role "Root" is none of/],
    ['no user', 'viewer-token-0123456789 Viewer', /user is missing/],
    ['a word too many', 'viewer-token-0123456789 Viewer vera please', /only the word proxy/],
    ['the role None', 'viewer-token-0123456789 None vera', /is none of/],
    ['a token that stands twice', 'viewer-token-0123456789 Viewer vera\nviewer-token-0123456789 Admin vera', /stands there twice/],
    ['the token of the settings again', `${secret} Viewer vera`, /stands there twice/],
  ])('%s is refused by line, and never repeated', (_name, text, words) => {
    const read = withFile(text, secret);
    expect(read).toThrow(SettingsError);
    expect(read).toThrow(words);
    expect(read).toThrow(expect.objectContaining({ message: expect.not.stringContaining('token-0123') }));
  });

  test('a file that is not there, and a short token, name their variable', () => {
    expect(() => readTokens({ ...none, tokensFile: path.join(folder, 'none') })).toThrow(/HEMOSTAT_API_TOKENS_FILE/);
    expect(() => readTokens({ ...none, token: 'short' })).toThrow(/HEMOSTAT_API_TOKEN: /);
  });
});

describe('who asks', () => {
  const book = () => withFile('viewer-token-0123456789 Editor vera\nproxy-token-01234567890 Admin grafana proxy')();
  const caller = (token: string, header?: string | string[]) => {
    const found = book().find(`Bearer ${token}`);
    return found && callerOf(found, header);
  };

  test('the header is trusted from a proxy only', () => {
    expect(caller('viewer-token-0123456789', 'mallory')).toEqual({ user: 'vera', role: 'Editor', machine: false });
    expect(caller('proxy-token-01234567890', ' ada ')).toEqual({ user: 'ada', role: 'Admin', machine: false });
  });

  test.each([undefined, '', '  ', ['ada', 'eve'], 'ada, eve', 'ada\u0000', 'a\u202eb', 'x'.repeat(191)])('a proxy that says %p speaks for no person', (header) => {
    expect(caller('proxy-token-01234567890', header)).toEqual({ user: '', role: 'Admin', machine: true });
  });
});
