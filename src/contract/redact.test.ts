import fc from 'fast-check';
import { BLACKED_OUT, redactLines, redactText } from './redact';

/** Put together at run time, so that scanners of this repository find no secret in it. */
const alnum = (length: number, seed = 'aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0z') => seed.repeat(Math.ceil(length / seed.length)).slice(0, length);
const jwt = `eyJ${alnum(20)}.eyJ${alnum(40)}.${alnum(43)}`;
const key = (kind: string, body: string) => `-----BEGIN ${kind}PRIVATE KEY-----\n${body}\n-----END ${kind}PRIVATE KEY-----`;

describe('what is blacked out', () => {
  test.each<[string, string, string]>([
    ['environment', 'DB_PASSWORD=hunter2 next', 'DB_PASSWORD=[redacted] next'],
    ['environment with a suffix', 'TOKEN_GITHUB=abc123', 'TOKEN_GITHUB=[redacted]'],
    ['short name', 'DB_PASS=hunter2 and SMTP.pass=abc', 'DB_PASS=[redacted] and SMTP.pass=[redacted]'],
    ['quoted with spaces', 'export SECRET="two words" x', 'export SECRET="[redacted]" x'],
    ['quoted with an escaped quote', 'secret="a\\"b" x', 'secret="[redacted]" x'],
    ['unclosed quote', 'password="abc def', 'password="[redacted]'],
    ['JSON', '{"password":"hunter2","user":"bob"}', '{"password":"[redacted]","user":"bob"}'],
    ['JSON number stays JSON', '{"a":{"pwd":12345},"b":1}', '{"a":{"pwd":"[redacted]"},"b":1}'],
    ['JSON inside JSON', '{"msg":"{\\"token\\":\\"abc\\",\\"n\\":1}"}', '{"msg":"{\\"token\\":\\"[redacted]\\",\\"n\\":1}"}'],
    ['JSON list', '{"tokens":["abc","def"],"n":1}', '{"tokens":["[redacted]"],"n":1}'],
    ['YAML', '  password: hunter2\n  user: bob', '  password: [redacted]\n  user: bob'],
    ['YAML list', 'secrets: [a, b]', 'secrets: [[redacted]]'],
    ['Python', "{'api_key': 'abc', 'x': 1}", "{'api_key': '[redacted]', 'x': 1}"],
    ['camel case', 'clientSecret: abc, apiKey=def', 'clientSecret: [redacted], apiKey=[redacted]'],
    ['query', 'GET /?user=bob&access_token=abc&x=1', 'GET /?user=bob&access_token=[redacted]&x=1'],
    ['encoded query', 'q=password%3Dhunter2', 'q=password%3D[redacted]'],
    ['signed URL', `https://h/x?sig=${alnum(30)}&a=b`, 'https://h/x?sig=[redacted]&a=b'],
    ['connection string', 'Server=db;Pwd=abc,1;Database=x', 'Server=db;Pwd=[redacted];Database=x'],
    ['comma inside a password', 'PASSWORD=ab,cd;ef&gh', 'PASSWORD=[redacted]'],
    ['arrow', 'secret => abc', 'secret => [redacted]'],
    ['option of a command', 'mysql --password hunter2 -h db', 'mysql --password [redacted] -h db'],
    ['option with =', 'tool --db-token=abc run', 'tool --db-token=[redacted] run'],
    ['SQL', "CREATE USER x IDENTIFIED BY 'abc'", "CREATE USER x IDENTIFIED BY '[redacted]'"],
    ['Redis configuration', 'requirepass foobared', 'requirepass [redacted]'],
    ['XML', '<db><password>abc</password></db>', '<db><password>[redacted]</password></db>'],
    ['header', 'X-Api-Key: abc\nHost: x', 'X-Api-Key: [redacted]\nHost: x'],
    ['authorization', 'Authorization: Digest username="bob", response="abc"', 'Authorization: Digest [redacted]"bob", response="abc"'],
    ['bearer in a header', 'authorization: Bearer abc', 'authorization: Bearer [redacted]'],
    ['bearer alone', `sent Bearer ${alnum(30)} to x`, 'sent Bearer [redacted] to x'],
    ['basic', 'Proxy says Basic dXNlcjpwYXNz ok', 'Proxy says Basic [redacted] ok'],
    ['cookie', 'Cookie: sid=abc; theme=dark', 'Cookie: [redacted]'],
    ['URL', 'connect postgres://bob:p@ss:w@db:5432/x', 'connect postgres://[redacted]@db:5432/x'],
    ['URL with a token for a user', 'clone https://abcdef@host/r.git', 'clone https://[redacted]@host/r.git'],
    ['Redis URL', 'redis://:abc@h:6379', 'redis://[redacted]@h:6379'],
    ['mail', 'from Bob <bob.x+y@mail.example.org>', 'from Bob <[redacted]>'],
    ['Amazon', `id AKIA${'ABCDEFGH12345678'} x`, 'id [redacted] x'],
    ['GitHub', `push ghp_${alnum(36)}`, 'push [redacted]'],
    ['GitHub, fine-grained', `github_pat_${alnum(60)}`, BLACKED_OUT],
    ['GitLab', `glpat-${alnum(20)}`, BLACKED_OUT],
    ['Slack', `xoxb-${'1234567890'}-${alnum(20)}`, BLACKED_OUT],
    ['Slack hook', `https://hooks.slack.com/services/T${alnum(8)}/B${alnum(8)}/${alnum(24)}`, 'https://hooks.slack.com/services/[redacted]'],
    ['OpenAI', `sk-proj-${alnum(40)}`, BLACKED_OUT],
    ['Anthropic', `sk-ant-api03-${alnum(60)}`, BLACKED_OUT],
    ['Hugging Face', `hf_${alnum(34)}`, BLACKED_OUT],
    ['Stripe', `sk_live_${alnum(24)}`, BLACKED_OUT],
    ['Google', `AIza${alnum(35)}`, BLACKED_OUT],
    ['JWT', `got ${jwt}.`, 'got [redacted]'],
    ['a named run', `the secret key is ${alnum(40)}`, 'the secret key is [redacted]'],
    ['a private key', `before\n${key('RSA ', alnum(64))}\nafter`, 'before\n[redacted]\nafter'],
    ['a private key in JSON', `{"k":"${key('', alnum(64)).replaceAll('\n', '\\n')}","x":1}`, '{"k":"[redacted]","x":1}'],
    ['a private key cut at its end', `x\n-----BEGIN PRIVATE KEY-----\n${alnum(64)}`, 'x\n[redacted]'],
    ['a private key cut at its beginning', `x y\n${alnum(64)}\n${alnum(30)}==\n-----END EC PRIVATE KEY-----\nz`, 'x y\n[redacted]\nz'],
  ])('%s', (_name, text, expected) => {
    expect(redactText(text).text).toBe(expected);
    expect(redactText(text).count).toBeGreaterThan(0);
  });
});

describe('what stays', () => {
  test.each([
    'GET /health 200 12ms',
    'token_count: 512, tokens=128, max_tokens: 4096',
    'password: null, secret=true, TOKEN=',
    'password=${DB_PASSWORD}',
    'token_type: bearer, passwordLength: 8, secret_path=/run/secrets/x',
    'basic authentication failed; bearer token expired',
    'image demo/web@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'left-pad@1.2.3 installed, keyboard ok',
    'see https://example.org/a?b=c#d',
    'the key of the map is 12',
  ])('%s', (text) => {
    expect(redactText(text)).toEqual({ text, count: 0 });
  });

  test('what is blacked out is not counted again', () => {
    const once = redactText('password=abc, mail bob@example.org');
    expect(once.count).toBe(2);
    expect(redactText(once.text)).toEqual({ text: once.text, count: 0 });
  });

  test('a key over several lines of a log is one secret', () => {
    expect(redactLines(['a', ...key('', `${alnum(64)}\n${alnum(20)}`).split('\n'), 'b'])).toEqual({ lines: ['a', BLACKED_OUT, 'b'], count: 1 });
  });
});

const fragment = fc.constantFrom(
  ...['password', 'DB_PASS', 'token', 'secret', 'api_key', 'Authorization', 'Cookie', 'pwd', '--token', 'identified by', 'Bearer ', 'Basic ', 'is '],
  ...['=', ':', ': ', '=>', ' ', '"', "'", '\\"', '\\', ',', ';', '&', '{', '}', '[', ']', '<', '>', '</', '\n', '@', '://', '.', '-', '%3d', '?', '|', '`'],
  ...['abc', 'hunter2', 'bob@example.org', 'https://a:b@c/d', 'null', 'x', '12', BLACKED_OUT, '[redacted', 'redacted]', 'eyJ', 'sk-', 'AKIA'],
  ...['-----BEGIN PRIVATE KEY-----', '-----END PRIVATE KEY-----', jwt, alnum(40), `ghp_${alnum(36)}`]
);
const hostile = fc.oneof(fc.array(fragment, { maxLength: 40 }).map((parts) => parts.join('')), fc.string({ unit: 'binary', maxLength: 200 }));

describe('properties', () => {
  test('never throws, and twice is once', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const once = redactText(text).text;
        expect(redactText(once)).toEqual({ text: once, count: 0 });
      }),
      { numRuns: 5000 }
    );
  });

  test('no value of a secret name is left, whatever it holds', () => {
    const value = fc.stringMatching(/^[a-zA-Z0-9!#$%^*_+~/?,;&.-]{4,30}$/).filter((one) => !/^(true|false|null|none|undefined|\*+|x+|\$[\w.-]+)$/i.test(one) && /[a-zA-Z0-9]{4}/.test(one));
    const form = fc.constantFrom<(value: string) => string>(
      (one) => `start DB_PASSWORD="${one}" end`,
      (one) => `{"user":"bob","password":${JSON.stringify(one)},"n":1}`,
      (one) => JSON.stringify({ msg: JSON.stringify({ clientSecret: one }) }),
      (one) => `{'token': '${one}'}`
    );
    fc.assert(
      fc.property(value, form, (secret, write) => {
        const { text } = redactText(write(secret));
        expect(text).toContain(BLACKED_OUT);
        expect(text).not.toContain(secret);
      }),
      { numRuns: 2000 }
    );
  });

  test('JSON stays JSON', () => {
    const keys = fc.constantFrom('password', 'token', 'user', 'api_key', 'n', 'cookie', 'Authorization');
    const scalars = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.constantFrom('password=a b', 'https://a:b@c/', 'x@y.zz', 'Bearer aB3dE5gH'));
    fc.assert(
      fc.property(fc.dictionary(keys, fc.oneof(scalars, fc.array(scalars, { maxLength: 3 }), fc.dictionary(keys, scalars))), (value) => {
        expect(() => JSON.parse(redactText(JSON.stringify(value)).text)).not.toThrow();
      }),
      { numRuns: 3000 }
    );
  });
});

describe('linear in the length', () => {
  const megabyte = (part: string) => part.repeat(Math.ceil(1_000_000 / part.length));
  test.each(
    ['a', 'a.', 'a@', '@', 'a.b@', '://', 'https://a:', 'password', 'password=', 'password=,', 'password="', 'password=\\', 'secret_', 'token ', 'eyJ', 'eyJ-', 'eyJaaaaaa.', 'sk-', 'AKIA', '<password>', '<password', '--token ', '-----BEGIN PRIVATE KEY-----\n', '-----END PRIVATE KEY-----', `${alnum(64)}\n`, 'Bearer ', 'Bearer a', 'token: [', '&key=', '\\"', 'a,b;', 'key is ', 'cookie: ', '1:AA'].map(
      (part) => [part]
    )
  )('1 MB of %j', (part) => {
    const text = `${megabyte(part)} password=end x@y.zz`;
    // A pattern that is worse than linear needs minutes here and meets the test's time limit.
    const once = redactText(text).text;
    expect(once).not.toContain('password=end');
    expect(once).not.toContain('x@y.zz');
  });
});
