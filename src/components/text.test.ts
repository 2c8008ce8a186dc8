import { t } from './text';

describe('texts', () => {
  it('leave names as they are: React escapes them when it draws', () => {
    expect(t('test.name', '{{name}} is ill', { name: "host/web-2 <b>&'" })).toBe("host/web-2 <b>&' is ill");
  });

  it('do not read what a name says as a place to fill in', () => {
    expect(t('test.two', '{{name}} on {{host}}', { name: '{{host}}', host: 'secret' })).toContain('on secret');
  });
});
