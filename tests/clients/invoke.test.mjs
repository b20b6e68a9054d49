import assert from "node:assert/strict";
import { test } from "node:test";
import { AIMessage } from "@langchain/core/messages";
import { chain, recordingFetch, reply } from "./client.mjs";

test("invoke gives back a number", async () => {
  assert.equal(await chain("/add_one").invoke(41), 42);
});

test("invoke carries any JSON value there and back", async () => {
  const echo = chain("/echo");
  for (const value of [null, true, "", "café 你好 😀 \u2028 \u0001 </script>", [1, "two", null], { a: { b: [1.5] } }]) {
    assert.deepEqual(await echo.invoke(value), value);
  }
});

test("invoke of a prompt, model and parser gives the text", async () => {
  assert.equal(await chain("/chat_str").invoke({ topic: "cats" }), reply);
});

test("invoke of a prompt and model gives an AIMessage", async () => {
  const answer = await chain("/chat").invoke({ topic: "cats" });
  assert.ok(answer instanceof AIMessage);
  assert.equal(answer.content, reply);
});

test("invoke of a map gives every branch", async () => {
  assert.deepEqual(await chain("/parallel").invoke("abc"), { upper: "ABC", reverse: "cba", original: "abc" });
});

test("invoke of a tool fills in its default", async () => {
  assert.equal(await chain("/tool").invoke({ a: 3 }), 6);
  assert.equal(await chain("/tool").invoke({ a: 3, b: 5 }), 15);
});

test("invoke of a chain under a route group", async () => {
  assert.equal(await chain("/api/v1/routed").invoke("here"), "here");
});

test("invoke takes a URL that ends in a slash", async () => {
  assert.equal(await chain("/echo/").invoke("x"), "x");
});

test("batch keeps the order of its inputs", async () => {
  assert.deepEqual(await chain("/add_one").batch([3, 1, 2]), [4, 2, 3]);
});

test("batch of nothing gives nothing", async () => {
  assert.deepEqual(await chain("/add_one").batch([]), []);
});

test("batch takes kwargs as the list the client sends", async () => {
  const { bodies, fetch } = recordingFetch();
  assert.deepEqual(await chain("/add_one", { fetch }).batch([1, 2]), [2, 3]);
  assert.deepEqual(bodies[0].kwargs, [{}, {}]);
  assert.equal(bodies[0].config.length, 2);
});

test("batch takes a config per input", async () => {
  const answers = await chain("/configurable").batch(
    [{ name: "a" }, { name: "b" }],
    [{ configurable: { llm: "other" } }, { configurable: { template: "bye {name}" } }],
  );
  assert.deepEqual(answers, [
    { prompt: "say a", llm: "other answer" },
    { prompt: "bye b", llm: "default answer" },
  ]);
});

test("batch takes one config for all inputs", async () => {
  const answers = await chain("/configurable").batch([{ name: "a" }, { name: "b" }], { configurable: { llm: "other" } });
  assert.deepEqual(answers.map((answer) => answer.llm), ["other answer", "other answer"]);
});

test("batch with maxConcurrency, which the client puts into every config", async () => {
  const { bodies, fetch } = recordingFetch();
  const inputs = [5, 4, 3, 2, 1];
  const answers = await chain("/add_one", { fetch }).batch(inputs, undefined, { maxConcurrency: 2 });
  assert.deepEqual(answers, [6, 5, 4, 3, 2]);
  assert.deepEqual(bodies.map((body) => body.config.map((config) => config.maxConcurrency)), [[2, 2, 2, 2, 2]]);
});
