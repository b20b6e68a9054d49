import assert from "node:assert/strict";
import { test } from "node:test";
import { AIMessageChunk } from "@langchain/core/messages";
import { chain, collect, failure, reply, replyPieces } from "./client.mjs";

test("stream gives a text piece by piece", async () => {
  const pieces = await collect(await chain("/chat_str").stream({ topic: "cats" }));
  assert.equal(pieces.length, 13);
  assert.deepEqual(pieces, replyPieces);
  assert.equal(pieces.join(""), reply);
});

test("stream gives message chunks that add up to the message", async () => {
  const chunks = await collect(await chain("/chat").stream({ topic: "cats" }));
  assert.ok(chunks.every((chunk) => chunk instanceof AIMessageChunk));
  assert.deepEqual(chunks.map((chunk) => chunk.content), replyPieces);
  assert.equal(chunks.reduce((sum, chunk) => sum.concat(chunk)).content, reply);
});

test("stream of a text model gives a character a piece", async () => {
  assert.deepEqual(await collect(await chain("/llm").stream("hi")), [..."streaming llm"]);
});

test("stream of a map gives one piece per branch", async () => {
  const pieces = await collect(await chain("/parallel").stream("abc"));
  assert.equal(pieces.length, 3);
  assert.deepEqual(Object.assign({}, ...pieces), { upper: "ABC", reverse: "cba", original: "abc" });
});

test("stream gives objects as they were yielded", async () => {
  assert.deepEqual(await collect(await chain("/stream_dicts").stream("x")), [{ a: "one " }, { b: 1 }, { a: "two" }]);
});

test("stream of a chain that does not stream gives one piece", async () => {
  assert.deepEqual(await collect(await chain("/add_one").stream(1)), [2]);
});

test("stream of nothing ends", async () => {
  assert.deepEqual(await collect(await chain("/stream_empty").stream("x")), []);
});

test("stream keeps line breaks, Unicode separators, empty texts and nulls whole", async () => {
  assert.deepEqual(await collect(await chain("/stream_newlines").stream("x")), [
    "line1\nline2\r\nline3\n\nline5",
    "\u2028unicode\u0085sep",
    "",
    null,
  ]);
});

test("two streams at once do not mix", async () => {
  const streams = await Promise.all([chain("/chat_str").stream({ topic: "cats" }), chain("/llm").stream("hi")]);
  const [first, second] = await Promise.all(streams.map(collect));
  assert.equal(first.join(""), reply);
  assert.equal(second.join(""), "streaming llm");
});

// The chain stays silent for 17 seconds after its first chunk; a client that had to wait for it would run into the limit.
test("abort in mid-stream rejects at once and leaves the server answering", { timeout: 10_000 }, async () => {
  const aborting = new AbortController();
  const received = [];
  const error = await failure(
    (async () => {
      for await (const chunk of await chain("/stream_slow").stream("x", { signal: aborting.signal })) {
        received.push(chunk);
        aborting.abort();
      }
    })(),
  );
  assert.deepEqual(received, ["first"]);
  assert.match(`${error.name} ${error.message}`, /abort/i);
  assert.equal(await chain("/add_one").invoke(1), 2);
});

test("a signal aborted beforehand stops the call", async () => {
  const error = await failure(chain("/echo").invoke("x", { signal: AbortSignal.abort() }));
  assert.match(`${error.name} ${error.message}`, /abort/i);
});

test("leaving a stream early leaves the server answering", async () => {
  for await (const piece of await chain("/chat_str").stream({ topic: "cats" })) {
    assert.equal(piece, "Hello");
    break;
  }
  assert.equal(await chain("/chat_str").invoke({ topic: "cats" }), reply);
});
