import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the fake does with one question. */
export type ModelBehaviour =
  /** Answers with this text, or with this object as JSON. */
  | { answer: string | Record<string, unknown> }
  /** Answers from what was asked: for a model that obeys what it finds in a log. */
  | { obey: (prompt: string) => Record<string, unknown> }
  | { status: number; body?: string; headers?: Record<string, string> }
  /** Never answers. */
  | { hang: true }
  /** Breaks the connection. */
  | { drop: true }
  /** Answers with bytes that are no chat completion. */
  | { bytes: string };

export interface AskedModel {
  path: string;
  headers: IncomingMessage['headers'];
  body: Record<string, unknown>;
  /** All text of the question, the system's part too. */
  prompt: string;
}

export interface FakeModel {
  /** Base URL, for HEMOSTAT_AI_URL. */
  url: string;
  /** What it was asked, in order. */
  asked: AskedModel[];
  /** The next questions meet these, in order; the last one stays. */
  behave(...behaviours: ModelBehaviour[]): void;
  /** Lets go of questions that hang. */
  stop(): Promise<void>;
}

/** A good answer, with changes. */
export function modelAnswer(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return { root_cause: 'The database refuses connections.', action: 'restart', reason: 'A restart opens them anew.', confidence: 0.92, is_false_alarm: false, ...changes };
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') {
    return [value];
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}') as Record<string, unknown>;
}

/** The reply in the form of the API that was called: OpenAI's chat completions or Anthropic's messages. */
function reply(path: string, body: Record<string, unknown>, text: string): Record<string, unknown> {
  const [input, output] = [1000, Math.ceil(text.length / 4)];
  if (!path.endsWith('/messages')) {
    const message = { role: 'assistant', content: text };
    return { id: 'c1', object: 'chat.completion', created: 1, model: body.model, choices: [{ index: 0, message, finish_reason: 'stop' }], usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output } };
  }
  const tools = Array.isArray(body.tools) ? (body.tools as Array<{ name: string }>) : [];
  const tool = tools[0];
  const content = tool ? [{ type: 'tool_use', id: 't1', name: tool.name, input: JSON.parse(text) as unknown }] : [{ type: 'text', text }];
  return { id: 'm1', type: 'message', role: 'assistant', model: body.model, content, stop_reason: tool ? 'tool_use' : 'end_turn', stop_sequence: null, usage: { input_tokens: input, output_tokens: output } };
}

function answerOf(behaviour: ModelBehaviour, prompt: string): string | undefined {
  if ('obey' in behaviour) {
    return JSON.stringify(behaviour.obey(prompt));
  }
  if ('answer' in behaviour) {
    return typeof behaviour.answer === 'string' ? behaviour.answer : JSON.stringify(behaviour.answer);
  }
  return undefined;
}

function send(response: ServerResponse, asked: AskedModel, behaviour: ModelBehaviour): void {
  const text = answerOf(behaviour, asked.prompt);
  if (text !== undefined) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(reply(asked.path, asked.body, text)));
  } else if ('status' in behaviour) {
    response.writeHead(behaviour.status, { 'content-type': 'application/json', ...behaviour.headers }).end(behaviour.body ?? JSON.stringify({ error: { message: `status ${behaviour.status}`, type: 'test' } }));
  } else if ('bytes' in behaviour) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(behaviour.bytes);
  } else if ('drop' in behaviour) {
    response.destroy();
  }
}

/** A model server on a random local port, in the place of Ollama, OpenAI or Anthropic. */
export async function startFakeModel(): Promise<FakeModel> {
  const asked: AskedModel[] = [];
  let behaviours: ModelBehaviour[] = [{ answer: modelAnswer() }];
  const server: Server = createServer((request, response) => {
    void (async () => {
      const body = await bodyOf(request);
      const question = { path: request.url ?? '', headers: request.headers, body, prompt: textsIn(body).join('\n') };
      asked.push(question);
      const behaviour = behaviours.length > 1 ? behaviours.shift() : behaviours[0];
      send(response, question, behaviour ?? { status: 500 });
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked,
    behave: (...next) => {
      behaviours = next;
    },
    stop: async () => {
      server.closeAllConnections();
      // Stopping twice is no error.
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
