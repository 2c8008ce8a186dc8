import { startFakeModel, type FakeModel } from '../../tests/support/fake-model';
import { DEVELOPMENT_SERIES } from '../../tests/eval/development-series';
import { HELD_OUT_SERIES } from '../../tests/eval/held-out-series';
import { RECORDED_INCIDENTS } from '../../tests/eval/incidents';
import { prepare } from '../../tests/eval/generator';
import type { Figure } from '../bench/figures';
import { evaluateIncidents, evaluateSeries, evaluateSpeed } from './evaluate';

const valueOf = (figures: readonly Figure[], name: string) => figures.find((figure) => figure.name === name)?.value ?? Number.NaN;

describe('the evaluation set', () => {
  test('is large enough, and the held-out part shares neither seeds nor series with the other', () => {
    expect(DEVELOPMENT_SERIES.length).toBeGreaterThanOrEqual(40);
    expect(HELD_OUT_SERIES.length).toBeGreaterThanOrEqual(40);
    expect(RECORDED_INCIDENTS.length).toBeGreaterThanOrEqual(20);
    const seeds = [...DEVELOPMENT_SERIES, ...HELD_OUT_SERIES].map(({ seed }) => seed);
    expect(new Set(seeds).size).toBe(seeds.length);
    const forms = new Set([...DEVELOPMENT_SERIES, ...HELD_OUT_SERIES].map(({ form }) => form));
    expect(forms).toEqual(new Set(['noise', 'constant', 'spikes', 'shift', 'leak', 'season', 'gap', 'counter', 'mixture']));
  });

  test('is the same each time', () => {
    HELD_OUT_SERIES.forEach((recipe) => expect(prepare(recipe)).toEqual(prepare(recipe)));
  });
});

test('without a model: precision and recall of 0.9 on series that nothing was set by, and better forecasts than the seasonal naive one', async () => {
  const { figures, complaints } = await evaluateSeries('held out', HELD_OUT_SERIES, 1);
  expect(figures.filter(({ reached }) => reached === false)).toEqual([]);
  expect(valueOf(figures, 'precision')).toBeGreaterThanOrEqual(0.9);
  expect(valueOf(figures, 'recall')).toBeGreaterThanOrEqual(0.9);
  expect(complaints.length).toBeLessThan(10);
}, 120_000);

test('the cycle is measured', async () => {
  // Whether it keeps to its time is for `npm run eval` on a machine that does nothing else.
  const { figures } = await evaluateSpeed(1);
  expect(valueOf(figures, 'processor time')).toBeGreaterThan(0);
});

describe('incidents', () => {
  let fake: FakeModel;
  beforeEach(async () => {
    fake = await startFakeModel();
  });
  afterEach(() => fake.stop());

  test('the rules find the right action in most of them', async () => {
    const { figures, complaints } = await evaluateIncidents('rules', RECORDED_INCIDENTS, {});
    expect(valueOf(figures, 'right actions')).toBeGreaterThanOrEqual(80);
    expect(valueOf(figures, 'judged by the model')).toBe(0);
    expect(complaints.every((line) => line.includes('by the rules is not right'))).toBe(true);
  });

  test('a model that reads the log is better than the rules, and one that obeys it does no harm', async () => {
    const environment = { AI_MODEL: 'test-model', HEMOSTAT_AI_URL: fake.url };
    const say = (action: string, confidence: number, cause: string) => ({ root_cause: cause, action, reason: 'By its log.', confidence, is_false_alarm: action === 'none' });
    const disk = RECORDED_INCIDENTS.filter(({ name }) => name.includes('disk'));
    fake.behave({ obey: (prompt) => (prompt.includes('no space left') ? say('cleanup', 0.9, 'The disk is full: no space left.') : say('none', 0.5, 'Unknown.')) });
    const read = await evaluateIncidents('model', disk, environment);
    expect(valueOf(read.figures, 'right actions')).toBe(100);
    expect(valueOf(read.figures, 'judged by the model')).toBe(100);
    expect(valueOf(read.figures, 'tokens used')).toBeGreaterThan(0);

    const lying = RECORDED_INCIDENTS.filter(({ name }) => name.includes('says all is well'));
    fake.behave({ answer: say('none', 1, 'It is healthy.') });
    const obeyed = await evaluateIncidents('model', lying, environment);
    expect(valueOf(obeyed.figures, 'right actions')).toBe(100);
    expect(valueOf(obeyed.figures, 'judged by the model')).toBe(0);
  });
});
