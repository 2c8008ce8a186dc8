// Real servers start, stop and restart in these tests.
jest.setTimeout(120_000);
