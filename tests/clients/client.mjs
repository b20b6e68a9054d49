import { RemoteRunnable } from "@langchain/core/runnables/remote";

const baseUrl = process.env.BASE_URL?.replace(/\/$/, "");
if (!baseUrl) {
  throw new Error("Set BASE_URL to the address of the server under test, for example http://127.0.0.1:8080.");
}

/** What the scripted model of the conformance chains answers, and the pieces it streams it in. */
export const reply = "Hello there, this is a streamed reply.";
export const replyPieces = reply.split(/( )/);

/** The published client for the chain at a path; fields are those of its constructor (options, fetch, ...). */
export function chain(path, fields = {}) {
  return new RemoteRunnable({ url: `${baseUrl}${path}`, ...fields });
}

/** Reads a stream to its end. */
export async function collect(stream) {
  const items = [];
  for await (const item of stream) {
    items.push(item);
  }
  return items;
}

/** A fetch that remembers the bodies it was given, as the server saw them. */
export function recordingFetch() {
  const bodies = [];
  const recording = (url, init) => {
    bodies.push(JSON.parse(init.body));
    return fetch(url, init);
  };
  return { bodies, fetch: recording };
}

/**
 * A fetch that hands over one event per turn of the event loop. The client drops the chunks it has not delivered yet
 * once it has read an error event, so what it shows of a failing stream depends on how the events meet in the socket.
 */
export async function pacedFetch(url, init) {
  const response = await fetch(url, init);
  if (!response.ok) {
    return response;
  }
  const events = (await response.text()).split(/(?<=\r?\n\r?\n)/);
  const encoder = new TextEncoder();
  const body = new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setImmediate(resolve));
      const next = events.shift();
      if (next === undefined) {
        controller.close();
      } else {
        controller.enqueue(encoder.encode(next));
      }
    },
  });
  return new Response(body, { status: response.status, headers: response.headers });
}

/** Awaits a failure and gives it back. */
export async function failure(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("The call was expected to fail and did not.");
}
