// A real Docker engine starts, and containers fall ill at their own pace.
jest.setTimeout(240_000);
