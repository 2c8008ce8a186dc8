// Jest setup provided by Grafana scaffolding
import { configure } from '@testing-library/react';
import './.config/jest-setup';

// React's server half, which @grafana/ui loads, wants one at its start; Node's own would keep jest from ending.
class MessageChannelOfTests {
  constructor() {
    this.port1 = { onmessage: null };
    this.port2 = { postMessage: (data) => setTimeout(() => this.port1.onmessage?.({ data }), 0) };
  }
}
global.MessageChannel ??= MessageChannelOfTests;

/** jsdom lacks observers, and nothing moves there. */
class StillObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
  takeRecords() {
    return [];
  }
}
// Scenes ask for them while they are loaded.
Object.assign(globalThis, { IntersectionObserver: StillObserver, ResizeObserver: StillObserver });

// Generous, so that a busy machine never fails a test: pages are searched by role, which is slow in jsdom.
jest.setTimeout(60_000);
configure({ asyncUtilTimeout: 15_000 });
