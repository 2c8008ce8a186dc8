/**
 * jsdom lays nothing out, while lists show only what has a place, and draws nothing, while fields measure their text.
 * Undone by `jest.restoreAllMocks()`.
 */
export function layOut(): void {
  const box = { x: 0, y: 0, top: 0, left: 0, right: 300, bottom: 300, width: 300, height: 300, toJSON: () => '' };
  jest.spyOn(Element.prototype, 'getBoundingClientRect').mockReturnValue(box);
  jest.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(900);
  jest.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(300);
  const drawing = { measureText: (text: string) => ({ width: 8 * text.length }) };
  jest.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(drawing as unknown as RenderingContext);
}
