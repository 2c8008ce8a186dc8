import { APP_PATH, incidentPath, pagePath, ROUTES } from '../../constants';
import { insteadOf } from './instead';

test.each<[string, string | undefined]>([
  [APP_PATH, pagePath('overview')],
  [`${APP_PATH}/`, pagePath('overview')],
  [`${APP_PATH}/nothing`, pagePath('overview')],
  [`${APP_PATH}/constructor`, pagePath('overview')],
  [`${APP_PATH}/${ROUTES.incidents}`, pagePath('issues')],
  [`${APP_PATH}/${ROUTES.incidents}/`, pagePath('issues')],
  [incidentPath('i/1'), undefined],
])('%s leads to %s', (pathname, path) => {
  expect(insteadOf(pathname)).toBe(path);
});

test('every page stays where it is', () => {
  const pages = Object.values(ROUTES).filter((route) => route !== ROUTES.incidents);
  expect(pages.map((route) => insteadOf(`${APP_PATH}/${route}`))).toEqual(pages.map(() => undefined));
});
