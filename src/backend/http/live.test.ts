import type { Frame } from '../core/types';
import { frameText, resumedPath } from './live';

function frame(values: number[], cursor?: unknown): Frame {
  return { name: 'events', refId: '', fields: [{ name: 'timestamp', type: 'time', values }], ...(cursor === undefined ? {} : { meta: { custom: { cursor } } }) };
}

describe('server-sent events', () => {
  test('a frame is one event with its place', () => {
    expect(frameText(frame([1, 2], 'f_abc-1'))).toBe('id: f_abc-1\nevent: frame\ndata: {"data":{"values":[[1,2]]}}\n\n');
  });

  test('a frame without rows only moves the place', () => {
    expect(frameText(frame([], 'f_abc-1'))).toBe('id: f_abc-1\n\n');
    expect(frameText(frame([]))).toBe('');
  });

  test('a place can never begin a line of its own', () => {
    expect(frameText(frame([1], 'x\ndata: evil'))).toBe('event: frame\ndata: {"data":{"values":[[1]]}}\n\n');
  });

  test('the last id leads on, whatever the path began with', () => {
    expect(resumedPath('events/q_x', undefined)).toBe('events/q_x');
    expect(resumedPath('events/q_x', 'f_1-0')).toBe('events/q_x/since/f_1-0');
    expect(resumedPath('events/since/f_0-0', 'f_1-0')).toBe('events/since/f_1-0');
  });

  test.each(['a/b', '../x', 'a b', 'a\nb', 'x'.repeat(9000)])('the id %p is refused', (id) => {
    expect(() => resumedPath('events', id)).toThrow('Last-Event-ID');
  });
});
