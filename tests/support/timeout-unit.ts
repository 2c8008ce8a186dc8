// Generous, so that a busy machine never fails a test that only computes.
jest.setTimeout(30_000);
