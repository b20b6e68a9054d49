import assert from "node:assert/strict";
import { test } from "node:test";
import { AIMessage, AIMessageChunk, HumanMessage, SystemMessage } from "@langchain/core/messages";
import { chain, collect, failure } from "./client.mjs";

test("joke tells one about the topic", async () => {
  const joke = await chain("/joke").invoke({ topic: "penguins" });
  assert.equal(typeof joke, "string");
  assert.match(joke, /penguins/);
});

test("joke streams in several pieces", async () => {
  const pieces = await collect(await chain("/joke").stream({ topic: "penguins" }));
  assert.ok(pieces.length > 1, `one piece only: ${JSON.stringify(pieces)}`);
  assert.match(pieces.join(""), /penguins/);
});

test("joke without a topic is refused by name", async () => {
  const error = await failure(chain("/joke").invoke({}));
  assert.match(error.message, /^422 Error: /);
  assert.match(error.message, /topic/);
});

test("chat answers a conversation", async () => {
  const messages = [new SystemMessage("Be brief."), new HumanMessage("Hello there")];
  const answer = await chain("/chat").invoke(messages);
  assert.ok(answer instanceof AIMessage);
  assert.notEqual(answer.content, "");
  const chunks = await collect(await chain("/chat").stream(messages));
  assert.ok(chunks.length > 1);
  assert.ok(chunks.every((chunk) => chunk instanceof AIMessageChunk));
  assert.equal(chunks.reduce((sum, chunk) => sum.concat(chunk)).content, answer.content);
});

test("translate takes its language from the config", async () => {
  const text = "good morning";
  const german = chain("/translate").withConfig({ configurable: { language: "German" } });
  const answer = await german.invoke({ text });
  assert.equal(typeof answer, "string");
  assert.notEqual(answer, "");
  assert.match(await instructions(german, { text }), /German/);
  assert.match(await instructions(chain("/translate"), { text }), /French/);
});

/** The system message a chain's model is given; the offline model answers the user and would not show it. */
async function instructions(remote, input) {
  const events = await collect(await remote.streamEvents(input, { version: "v2" }, { includeTypes: ["prompt"] }));
  return events.find(({ event }) => event === "on_prompt_end").data.output.messages[0].content;
}

test("extract gives an object", async () => {
  const found = await chain("/extract").invoke({ text: "Ada Lovelace was born in London in 1815." });
  assert.equal(typeof found, "object");
  assert.ok(!Array.isArray(found) && Object.keys(found).length > 0);
});

test("assistant calls its calculator and answers with the result", async () => {
  const question = "Please calculate (2 + 3) * 4.5";
  const answer = await chain("/assistant").invoke(question);
  assert.ok(answer instanceof AIMessage);
  assert.match(answer.content, /The tool said: 22\.5 /);
  assert.deepEqual(answer.tool_calls, []);
  const chunks = await collect(await chain("/assistant").stream(question));
  assert.ok(chunks.length > 10, `${chunks.length} chunks`);
  const sum = chunks.reduce((left, right) => left.concat(right));
  assert.equal(sum.content, answer.content);
  assert.deepEqual(sum.usage_metadata, answer.usage_metadata);
});

test("assistant shows its tool in stream events", async () => {
  const events = await collect(chain("/assistant").streamEvents("What time is it?", { version: "v2" }));
  const kinds = events.map(({ event }) => event).filter((kind) => !kind.endsWith("_stream"));
  assert.deepEqual(kinds, [
    "on_chain_start", "on_chat_model_start", "on_chat_model_end", "on_tool_start", "on_tool_end",
    "on_chat_model_start", "on_chat_model_end", "on_chain_end",
  ]);
  const tool = events.find(({ event }) => event === "on_tool_end");
  assert.equal(tool.name, "current_time");
  assert.match(tool.data.output, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/);
});

test("compare gives two answers side by side", async () => {
  const answers = await chain("/compare").invoke({ question: "Tea or coffee?" });
  assert.equal(Object.keys(answers).length, 2);
  assert.ok(Object.values(answers).every((answer) => typeof answer === "string" && answer.length > 0));
  const pieces = await collect(await chain("/compare").stream({ question: "Tea or coffee?" }));
  assert.deepEqual(new Set(pieces.flatMap(Object.keys)), new Set(Object.keys(answers)));
});
