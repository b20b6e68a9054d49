import assert from "node:assert/strict";
import { test } from "node:test";
import { AIMessageChunk, HumanMessage, SystemMessage } from "@langchain/core/messages";
import { ChatPromptValue } from "@langchain/core/prompt_values";
import { chain, collect, reply, replyPieces } from "./client.mjs";

const v2 = { version: "v2" };

function kinds(events) {
  return events.map(({ event }) => event);
}

test("streamEvents tells every step in order", async () => {
  const events = await collect(chain("/chat_str").streamEvents({ topic: "cats" }, v2));
  const pieces = replyPieces.flatMap((_, index) => [
    "on_chat_model_stream",
    ...(index === 0 ? ["on_parser_start"] : []),
    "on_parser_stream",
    "on_chain_stream",
  ]);
  assert.deepEqual(kinds(events), [
    "on_chain_start",
    "on_prompt_start",
    "on_prompt_end",
    "on_chat_model_start",
    ...pieces,
    "on_chat_model_end",
    "on_parser_end",
    "on_chain_end",
  ]);
});

test("streamEvents names the runs and tags the steps", async () => {
  const events = await collect(chain("/chat_str").streamEvents({ topic: "cats" }, v2));
  const runs = new Map(events.map((event) => [event.run_id, event]));
  assert.deepEqual(
    [...runs.values()].map(({ name, tags }) => [name, tags]),
    [
      ["/chat_str", []],
      ["ChatPromptTemplate", ["seq:step:1"]],
      ["GenericFakeChatModel", ["seq:step:2"]],
      ["StrOutputParser", ["seq:step:3"]],
    ],
  );
});

test("streamEvents carries inputs, chunks and outputs", async () => {
  const events = await collect(chain("/chat_str").streamEvents({ topic: "cats" }, v2));
  assert.deepEqual(events[0].data.input, { topic: "cats" });

  const prompt = events.find(({ event }) => event === "on_prompt_end").data.output;
  assert.ok(prompt instanceof ChatPromptValue);
  assert.ok(prompt.messages[0] instanceof SystemMessage);
  assert.ok(prompt.messages[1] instanceof HumanMessage);
  assert.equal(prompt.messages[1].content, "Tell me about cats");

  const tokens = events.filter(({ event }) => event === "on_chat_model_stream").map(({ data }) => data.chunk);
  assert.ok(tokens.every((token) => token instanceof AIMessageChunk));
  assert.deepEqual(tokens.map((token) => token.content), replyPieces);

  const texts = events.filter(({ event }) => event === "on_chain_stream").map(({ data }) => data.chunk);
  assert.deepEqual(texts, replyPieces);
  assert.equal(events.find(({ event }) => event === "on_chat_model_end").data.output.content, reply);
  assert.equal(events.at(-1).data.output, reply);
});

test("streamEvents with includeNames gives only those runs", async () => {
  const events = await collect(
    chain("/chat_str").streamEvents({ topic: "cats" }, v2, { includeNames: ["GenericFakeChatModel"] }),
  );
  assert.deepEqual(kinds(events), [
    "on_chat_model_start",
    ...replyPieces.map(() => "on_chat_model_stream"),
    "on_chat_model_end",
  ]);
});

test("streamEvents with includeTypes, excludeTags and a name nobody has", async () => {
  const remote = chain("/chat_str");
  const input = { topic: "cats" };
  const parser = await collect(remote.streamEvents(input, v2, { includeTypes: ["parser"] }));
  assert.deepEqual(new Set(parser.map(({ name }) => name)), new Set(["StrOutputParser"]));
  const rest = await collect(remote.streamEvents(input, v2, { excludeTags: ["seq:step:2"] }));
  assert.ok(!rest.some(({ name }) => name === "GenericFakeChatModel"));
  assert.deepEqual(await collect(remote.streamEvents(input, v2, { includeNames: ["nobody"] })), []);
});

test("streamEvents of a tool and of a retriever", async () => {
  const tool = await collect(chain("/tool").streamEvents({ a: 3, b: 4 }, v2));
  assert.deepEqual(kinds(tool), ["on_tool_start", "on_tool_end"]);
  assert.equal(tool.at(-1).data.output, 12);
  const retriever = await collect(chain("/retriever").streamEvents("cats", v2));
  assert.deepEqual(kinds(retriever), ["on_retriever_start", "on_retriever_end"]);
  assert.equal(retriever.at(-1).data.output[0].pageContent, "about cats");
});
